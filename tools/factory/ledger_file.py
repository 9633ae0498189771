"""The ledger's SQLite file: made if need be, known by its mark, and changed in transactions that several processes share.

What stands in it is `ledger`'s business.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import private

_APPLICATION_ID = 0x5343_4C45  # "SCLE"
_SCHEMA_VERSION = 1
_PATIENCE_S = 30.0
_LOOK_AGAIN_S = 0.05
_TROUBLES = {
    sqlite3.SQLITE_BUSY: "is in use by another process for too long; run the same command again",
    sqlite3.SQLITE_CORRUPT: "is damaged; put a copy of it back",
    sqlite3.SQLITE_ERROR: "has lost its tables; put a copy of it back",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full; make room and run the same command again",
    sqlite3.SQLITE_NOTADB: "is not a ledger; name another file with --ledger",
    sqlite3.SQLITE_READONLY: "is write-protected; name another file with --ledger, or give yourself the right to write",
}


class LedgerError(RuntimeError):
    """The ledger cannot be used, or it refuses; `field` is the value it refuses, if any."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class LedgerFile:
    """The file at `path`; `schema` are the statements that make a new one. Raises LedgerError."""

    def __init__(self, path: Path, schema: tuple[str, ...]) -> None:
        self._path = path
        self._schema = schema
        try:
            private.make_folder(path.parent)
            if path.exists():
                self._check(path.stat())
            private.create(path)
            self._guard = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._error(f"cannot be written ({error.strerror}); name another file with --ledger") from None
        self._db = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_S)
        try:
            self._recognise()
            path.chmod(0o600)
        except LedgerError:
            self.close()
            raise

    def close(self) -> None:
        """Close the file, and let go of what is held."""
        self._db.close()
        os.close(self._guard)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing. Raises LedgerError when the file does not allow it."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self.error(error.sqlite_errorcode & 0xFF, error.sqlite_errorname) from None

    def error(self, code: int, name: str = "") -> LedgerError:
        """What SQLite's primary result `code` means for whoever works with the ledger."""
        return self._error(_TROUBLES.get(code, f"cannot be used ({name})"))

    def hold(self, number: int, patience_s: float) -> bool:
        """Keep other processes from the row `number` until this one ends, however it ends; tells whether that is so."""
        end_s = time.monotonic() + patience_s
        while True:
            try:
                fcntl.lockf(self._guard, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
                return True
            except OSError:
                if time.monotonic() > end_s:
                    return False
            time.sleep(_LOOK_AGAIN_S)

    def _check(self, found: os.stat_result) -> None:
        """Refuse a file that cannot be this account's ledger, before anything is opened."""
        if not stat.S_ISREG(found.st_mode):
            raise self._error("is no ordinary file; name another file with --ledger")
        if os.geteuid() not in (0, found.st_uid):
            owner = _name_of(found.st_uid)
            raise self._error(f"belongs to {owner}; work as {owner}, or name another file with --ledger")
        if not found.st_mode & stat.S_IWUSR:  # root would write all the same
            raise self.error(sqlite3.SQLITE_READONLY)

    def _recognise(self) -> None:
        with self.transaction() as db:
            application, version = _mark(db, "application_id"), _mark(db, "user_version")
            if not (application or version or _mark(db, "schema_version")):
                for statement in self._schema:
                    db.execute(statement)
                db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            elif application != _APPLICATION_ID:
                raise self.error(sqlite3.SQLITE_NOTADB)
            elif version != _SCHEMA_VERSION:
                raise self._error("was made by a newer version of this program; update the program")

    def _error(self, what: str) -> LedgerError:
        return LedgerError(f"the ledger {self._path} {what}")


def _name_of(account: int) -> str:
    try:
        return pwd.getpwuid(account).pw_name
    except KeyError:
        return f"account {account}"


def _mark(db: sqlite3.Connection, name: str) -> Any:
    return db.execute(f"PRAGMA {name}").fetchone()[0]
