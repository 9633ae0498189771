"""The host tools. Importing one puts the device's library within reach, as `/lib` is on the device's path."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "lib"))
