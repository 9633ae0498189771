"""Reads the firmware's records from a board's flash, independently of the firmware: docs/flash-format.md is what it knows.

It writes nothing, so it may look at a board that runs.
"""

import binascii
import json

from life.flash import Device, file_system

_ENDINGS = ("", ".tmp", ".old")
_WRITTEN = 0  # the generation of one that a person wrote


class Reader:
    """The file system in `flash` as it is now."""

    def __init__(self, flash):
        self._files = file_system(Device(flash, may_write=False))

    def raw(self, path):
        """The bytes of a file, or None."""
        try:
            with self._files.open(path, "rb") as file:
                return file.read()
        except OSError:
            return None

    def record(self, path):
        """The record to go by at `path`, None when there is no file of it. Raises ValueError when none can be read."""
        found, best = False, None
        for ending in _ENDINGS:
            data = self.raw(path + ending)
            if data is None:
                continue
            found = found or ending != ".tmp"  # half of one is what a cut leaves, and says nothing
            number, record = _parsed(data)
            if number == _WRITTEN and not ending:
                return record
            if number is not None and (best is None or number > best[0]):
                best = number, record
        if best is not None:
            return best[1]
        if found:
            raise ValueError(f"{path}: no generation of it can be read")
        return None

    def names(self):
        """All files, by their path."""
        return list(_walk(self._files, ""))


def sealed(generation, record):
    """The bytes of a generation as the firmware writes it."""
    head = f'{{"schema": 1, "generation": {generation}, "record": {json.dumps(record)}, "crc": "'.encode()
    return head + b"%08x" % binascii.crc32(head) + b'"}'


def _walk(files, folder):
    for entry in files.ilistdir(folder or "/"):
        path = f"{folder}/{entry[0]}"
        if entry[1] == 0x4000:
            yield from _walk(files, path)
        else:
            yield path


def _parsed(data):
    """Return (generation, _WRITTEN for one written by hand, and record), both None when it does not hold."""
    try:
        found = json.loads(data)
    except ValueError:
        return None, None
    if not isinstance(found, dict):
        return None, None
    if "crc" not in found and "generation" not in found:
        return _WRITTEN, found
    if data[-10:] != b"%08x" % binascii.crc32(data[:-10]) + b'"}':
        return None, None
    return found["generation"], found["record"]
