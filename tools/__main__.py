"""`python -m tools`: one command line for everything that runs on the host."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "lib"))

from tools.cli import app  # noqa: E402 - after the device library is on the path

app()
