"""Which serials and thing tokens have been given out, in one SQLite file that holds none of the secrets.

A token is known by a slow, salted hash: enough to refuse it a second time. Setup keys are not in here at all.
"""

from __future__ import annotations

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.factory.ledger_file import LedgerError, LedgerFile
from tools.factory.scale import new_serial

_SCHEMA = (
    "CREATE TABLE salt (salt BLOB NOT NULL)",
    "INSERT INTO salt VALUES (randomblob(16))",
    """CREATE TABLE scales (
        id INTEGER PRIMARY KEY,
        serial TEXT UNIQUE NOT NULL,
        token_hash BLOB UNIQUE,
        code_hash BLOB UNIQUE,
        board TEXT,
        reserved_at TEXT NOT NULL,
        done_at TEXT
    )""",
)
_PATIENCE_S = 10.0  # for another process that is at work on the same scale
_Hashes = dict[str, bytes | None]


@dataclass(frozen=True)
class Entry:
    """One scale: reserved from the moment its serial is taken, done once it is known to be what it should be.

    `board` is the chip's own number, None while no board has been given the identity over its port.
    """

    serial: str
    board: str | None
    reserved_at: str
    done_at: str | None
    has_token: bool

    @property
    def state(self) -> str:
        """`reserved` or `done`."""
        return "done" if self.done_at else "reserved"


class Ledger:
    """The ledger at `path`, made if need be. Use as a context manager; what it reserves is held until the end.

    Every method is one transaction and raises LedgerError.
    """

    def __init__(self, path: Path, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._file = LedgerFile(path, _SCHEMA)
        try:
            self._salt = self._salted()
        except LedgerError:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def reserve(self, serial: str | None = None, token: str | None = None, code: str | None = None) -> Entry:
        """Take a serial, a new one unless given, for the thing of this token or activation code.

        What was reserved for the same thing before is given again, and held against other processes.
        """
        hashes = self._hashes(token, code)
        with self._file.transaction() as db:
            number = _row_of(db, hashes) or _vacant(db, serial, hashes) or _insert(db, serial, hashes)
            found = _entry(db, number).serial
            if serial not in (None, found):
                raise LedgerError(f"was given to {found}", "activation_code" if token is None else "thing_token")
        if not self._file.hold(number, self._patience_s):
            raise LedgerError(f"another process is at work on {found}; wait for it")
        with self._file.transaction() as db:
            if _row_of(db, hashes) == number:
                return _entry(db, number)
        return self.reserve(serial, token, code)  # whoever held it has given it back

    def know_token(self, serial: str, token: str) -> None:
        """Note which token an activation has brought."""
        token_hash = self._hash(token)
        with self._file.transaction() as db:
            try:
                db.execute("UPDATE scales SET token_hash = ? WHERE serial = ?", (token_hash, serial))
            except sqlite3.IntegrityError:
                raise LedgerError("was given to another scale", "thing_token") from None

    def bind(self, serial: str, board: str, moves: bool = False) -> None:
        """Note which board gets the identity; another one than before only if it `moves`."""
        with self._file.transaction() as db:
            _refuse_another_board(db, serial, board, moves)
            db.execute("UPDATE scales SET board = ? WHERE serial = ?", (board, serial))

    def refuse_another_board(self, serial: str, board: str, moves: bool) -> None:
        """Raise what `bind` would."""
        with self._file.transaction() as db:
            _refuse_another_board(db, serial, board, moves)

    def done(self, serial: str) -> None:
        """The scale is what it should be."""
        with self._file.transaction() as db:
            db.execute("UPDATE scales SET done_at = ? WHERE serial = ? AND done_at IS NULL", (_now(), serial))

    def forget(self, serial: str) -> None:
        """Give a serial back whose scale never came to be: without a token there is none."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM scales WHERE serial = ? AND token_hash IS NULL", (serial,))

    def find(self, token: str | None = None, code: str | None = None) -> str | None:
        """The serial that a thing token or an activation code was given, None when it is new here."""
        hashes = self._hashes(token, code)
        with self._file.transaction() as db:
            number = _row_of(db, hashes)
            return None if number is None else _entry(db, number).serial

    def entries(self) -> list[Entry]:
        """Everything that is known, oldest first."""
        with self._file.transaction() as db:
            return [_entry(db, number) for (number,) in db.execute("SELECT id FROM scales ORDER BY id").fetchall()]

    def _salted(self) -> bytes:
        with self._file.transaction() as db:
            row = db.execute("SELECT salt FROM salt").fetchone()
        if row is None:
            raise self._file.error(sqlite3.SQLITE_CORRUPT)
        return row[0]

    def _hashes(self, token: str | None, code: str | None) -> _Hashes:
        return {
            "token_hash": None if token is None else self._hash(token),
            "code_hash": None if code is None else self._hash(code),
        }

    def _hash(self, secret: str) -> bytes:
        # Slow, so that a stolen ledger is no way to a token, short as it may be.
        return hashlib.scrypt(secret.encode(), salt=self._salt, n=2**12, r=8, p=1)


def _refuse_another_board(db: sqlite3.Connection, serial: str, board: str, moves: bool) -> None:
    (before,) = db.execute("SELECT board FROM scales WHERE serial = ?", (serial,)).fetchone()
    if before not in (None, board) and not moves:
        raise LedgerError(f"{serial} was given to another board ({before}); if that one is gone, give --move")


def _row_of(db: sqlite3.Connection, hashes: _Hashes) -> int | None:
    for column, value in hashes.items():
        row = value and db.execute(f"SELECT id FROM scales WHERE {column} = ?", (value,)).fetchone()
        if row:
            return row[0]
    return None


def _vacant(db: sqlite3.Connection, serial: str | None, hashes: _Hashes) -> int | None:
    """A row whose activation never brought a token: its serial is free for another thing."""
    row = db.execute("SELECT id FROM scales WHERE serial = ? AND token_hash IS NULL", (serial,)).fetchone()
    if row:
        db.execute("UPDATE scales SET token_hash = ?, code_hash = ? WHERE id = ?", (*hashes.values(), row[0]))
    return row and row[0]


def _insert(db: sqlite3.Connection, serial: str | None, hashes: _Hashes) -> int:
    row = (serial or new_serial(), *hashes.values(), _now())
    try:
        statement = "INSERT INTO scales (serial, token_hash, code_hash, reserved_at) VALUES (?, ?, ?, ?)"
        return db.execute(statement, row).lastrowid or 0
    except sqlite3.IntegrityError:
        raise LedgerError(f"{row[0]} was given to another scale", "serial") from None


def _entry(db: sqlite3.Connection, number: int) -> Entry:
    columns = "serial, board, reserved_at, done_at, token_hash IS NOT NULL"
    row = db.execute(f"SELECT {columns} FROM scales WHERE id = ?", (number,)).fetchone()
    return Entry(*row[:-1], has_token=bool(row[-1]))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
