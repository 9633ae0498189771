"""The user's own folders, as the XDG Base Directory Specification 0.8 has them.

It makes none.
"""

from __future__ import annotations

import os
from pathlib import Path

_NAME = "scale-link"


def folder(variable: str, default: str) -> Path:
    """Our folder below `$variable` or, without it, below `default` in the home folder."""
    base = Path(os.environ.get(variable, ""))
    if not base.is_absolute():  # as the specification says, a relative path is to be ignored
        base = Path.home() / default
    return base / _NAME
