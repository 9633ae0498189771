"""Files and folders that only their owner can read, each written whole or not at all.

Does not know what is in them.
"""

from __future__ import annotations

import os
from pathlib import Path

from tools import xdg

_FILE_MODE, _FOLDER_MODE = 0o600, 0o700
_PART = ".part"


def data_folder() -> Path:
    """Where the ledger and the devices' files are kept unless the user says otherwise."""
    return xdg.folder("XDG_DATA_HOME", ".local/share")


def make_folder(path: Path) -> None:
    """Make the folder, and those above it, unless they are there. Raises OSError."""
    path.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)


def create(path: Path) -> None:
    """Make an empty file unless there is one. Raises OSError."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, _FILE_MODE))


def write(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one. Raises OSError."""
    part = path.with_name(path.name + _PART)
    part.unlink(missing_ok=True)  # what a killed run left may be readable by others, or be a link to elsewhere
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:  # a full disk does not say which file it was
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        part.unlink(missing_ok=True)
