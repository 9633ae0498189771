"""Reads a file that somebody named, and no more of it than any such file has.

What is in it is not its business.
"""

from __future__ import annotations

import errno
from pathlib import Path

MAX_BYTES = 16 * 1024 * 1024  # the largest flash of an ESP32; tables and keys have far less


def whole(path: Path) -> bytes:
    """The content of the file at `path`, a pipe perhaps. Raises OSError, also when there is more of it than `MAX_BYTES`."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise OSError(errno.EFBIG, f"it has more than {MAX_BYTES >> 20} MB", str(path))
    return data
