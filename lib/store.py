"""Keeps small dictionaries in flash so that neither a power cut nor a damaged file takes the last good one.

Does not know what is in them: a check says whether a record can be used. docs/flash-format.md is the specification.
Nothing is raised out of here; what went wrong is logged.
"""

import binascii
import errno
import json
import os

import console
import failure

MAX_BYTES = 4_096
# What a save writes, what it replaced, and what a newer firmware left here.
_PART, _OLD, _NEWER = ".tmp", ".old", ".newer"
_CRC_BYTES = 8
_TAIL = b'"}'
_ENVELOPE = '{{"schema": {}, "generation": {}, "record": {}, "crc": "'

_log = console.Log("flash")


class _Generation:
    """One file that holds. `number` is None when a person or a tool wrote it; `value` is what the check made of it.

    One of a newer schema has no value.
    """

    def __init__(self, path, schema, number, record):
        self.path = path
        self.schema = schema
        self.number = number
        self.record = record
        self.value = None


class Record:
    """The record at `path`, of schema `len(migrations) + 1`; `migrations[n]` makes one of n + 2 out of one of n + 1."""

    def __init__(self, path, migrations=()):
        self._path = path
        self._name = path[1:]
        self._check = None
        self._accepts_written = False
        self._migrations = migrations
        self._schema = len(migrations) + 1

    def load(self, check):
        """Return what `check` makes of the newest generation that holds, or None when none does.

        It gets a dictionary, or None when there is no file, and raises ValueError, one problem an argument, for what cannot
        be used.
        """
        self._check = check
        newest, found = self._settled()
        self._check = None
        self._accepts_written = newest is not None and newest.number is None
        if newest is not None:
            return newest.value
        return None if found else self._checked(check, None)

    def save(self, record):
        """Make the dictionary `record` the newest generation, unless it is that already; tells whether flash holds it."""
        newest, found = self._settled()
        if newest is not None and newest.record == record:
            return True
        return self._attempt("is not stored", self._replace, record, found)

    def remove(self):
        """Forget every generation, the newest one last, so that no older one comes to life; tells whether all are gone."""
        return self._attempt("is not removed", self._remove)

    def _settled(self):
        """Return (the newest generation that can be used or None, all files there are by their path).

        What a power cut left half done is completed, and what a person wrote gets a sum.
        """
        paths = [self._path + ending for ending in ("", _PART, _OLD)]
        found = {path: self._read(path) for path in paths if _exists(path)}
        newest = _newest(found, self._path)
        if newest is None:
            return None, found
        if newest.path == self._path + _PART:
            if self._attempt("is not put in place", self._commit, found):
                found[self._path] = found.pop(newest.path)
            newest.path = self._path
        elif newest.path == self._path + _OLD:
            _log.warn(f"{self._name}: going on with the generation before")
        elif newest.number is None and self._attempt("gets no sum", self._replace, newest.record, found):
            return self._settled()  # from now on damage to it shows; the one before is what the person wrote
        return newest, found

    def _read(self, path):
        """Return the generation in the file at `path`, or None after logging why it cannot be used."""
        try:
            generation = _parsed(path)
        except OSError as error:
            _log.warn(f"{path[1:]}: {failure.phrase(error)}")
            return None
        except ValueError as error:
            # Half a `.tmp` is what every power cut while saving leaves.
            (_log.info if path.endswith(_PART) else _log.warn)(f"{path[1:]} {error.args[0]}")
            return None
        if generation.schema is not None and generation.schema > self._schema:
            _log.warn(f"{path[1:]} is of a newer firmware (schema {generation.schema}); it is kept, not used")
            return generation
        generation.value = self._value(generation)
        return generation if generation.value is not None else None

    def _value(self, generation):
        if self._check is not None:
            return self._checked(self._check, self._migrated(generation))
        # While saving, the sum is enough; what a person wrote has none, and counts if it could be used when it was loaded.
        return generation.record if generation.number is not None or self._accepts_written else None

    def _migrated(self, generation):
        record = generation.record
        for step in self._migrations[(generation.schema or self._schema) - 1 :]:
            record = step(record)
        return record

    def _checked(self, check, record):
        try:
            return check(record)
        except ValueError as error:
            for problem in error.args:
                _log.warn(problem)
            return None

    def _replace(self, record, found):
        self._write(record, found)
        self._commit(found)

    def _write(self, record, found):
        number = 1 + max([generation.number or 0 for generation in found.values() if generation], default=0)
        head = _ENVELOPE.format(self._schema, number, json.dumps(record)).encode()
        with open(self._path + _PART, "wb") as file:
            file.write(head + b"%08x" % binascii.crc32(head) + _TAIL)

    def _commit(self, found):
        """Put what was written in place. littlefs renames in one step; a cut between two is completed by `_settled`."""
        replaced = found.get(self._path)
        if replaced is not None:
            os.rename(self._path, self._path + (_NEWER if replaced.value is None else _OLD))
        os.rename(self._path + _PART, self._path)

    def _remove(self):
        for ending in (_NEWER, _PART, _OLD, ""):
            try:
                os.remove(self._path + ending)
            except OSError as error:
                if error.errno != errno.ENOENT:
                    raise

    def _attempt(self, what, change, *details):
        try:
            change(*details)
            return True
        except OSError as error:
            _log.warn(f"{self._name} {what}: {failure.phrase(error)}")
            return False


def _newest(found, path):
    """Return the generation to use: the one a person wrote over the record, else the one with the highest number."""
    usable = [generation for generation in found.values() if generation is not None and generation.value is not None]
    for generation in usable:
        if generation.path == path and generation.number is None:
            return generation
    return max(usable, key=lambda generation: generation.number or 0) if usable else None


def _exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def _parsed(path):
    """Return the generation in the file at `path`. Raises OSError and ValueError; the latter repeats nothing of it."""
    if os.stat(path)[6] > MAX_BYTES:
        raise ValueError("is too long to be a record")
    with open(path, "rb") as file:
        data = file.read()
    try:
        found = json.loads(data)
    except (ValueError, MemoryError):  # brackets in brackets take far more memory than flash
        raise ValueError("is not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("is not a JSON object")
    if "crc" not in found and "generation" not in found:
        return _Generation(path, None, None, found)
    end = len(data) - _CRC_BYTES - len(_TAIL)
    if data[end:] != b"%08x" % binascii.crc32(data[:end]) + _TAIL:
        raise ValueError("is damaged: its check sum does not fit")
    schema, number, record = [found.get(name) for name in ("schema", "generation", "record")]
    if not (isinstance(schema, int) and isinstance(number, int) and isinstance(record, dict)):
        raise ValueError("is no record")
    return _Generation(path, schema, number, record)
