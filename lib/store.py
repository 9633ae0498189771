"""Keeps dictionaries as JSON files so that a power cut leaves the old one or the new one, never half of one.

Does not check what is in them. The only module that touches `os`.
"""

import errno
import json
import os


def load(path):
    """Return the dictionary in the file at `path`, or None when there is no such file.

    Raises ValueError, naming the file but nothing in it, when it holds something else; OSError when flash fails.
    """
    try:
        with open(path) as file:
            found = json.load(file)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise
    except ValueError:
        raise ValueError(f"{path} is not JSON") from None
    if isinstance(found, dict):
        return found
    raise ValueError(f"{path} is not a JSON object")


def save(path, record):
    """Write the dictionary `record` to the file at `path`, unless it holds just that already.

    Raises OSError when flash fails; the file then holds what it held before.
    """
    if _holds(path, record):
        return
    part = path + ".tmp"
    with open(part, "w") as file:
        json.dump(record, file)
    # littlefs makes this one step (its DESIGN.md, "Metadata pairs"): removing the old file first would not be.
    os.rename(part, path)


def remove(path):
    """Remove the file at `path`, if there is one. Raises OSError when flash fails."""
    try:
        os.remove(path)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def _holds(path, record):
    try:
        return load(path) == record
    except ValueError:
        return False
