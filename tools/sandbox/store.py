"""What the sandbox platform knows: users, sessions, things and the halves of links, in one SQLite file.

The rules of linking are here, each marked where link-api.md states it; HTTP is `api`'s business.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

WINDOW_S = 24 * 3600  # link-api: 24 hours to complete the process
SESSION_S = 12 * 3600
_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (token_hash BLOB PRIMARY KEY, user INTEGER NOT NULL, ends_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS codes (code TEXT PRIMARY KEY, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS things (id TEXT PRIMARY KEY, token TEXT UNIQUE NOT NULL, owner INTEGER);
CREATE TABLE IF NOT EXISTS claims (link_id TEXT PRIMARY KEY, user INTEGER NOT NULL, at_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS offers (link_id TEXT PRIMARY KEY, thing TEXT NOT NULL, at_s REAL NOT NULL);
CREATE TABLE IF NOT EXISTS linked (link_id TEXT PRIMARY KEY, thing TEXT NOT NULL, user INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS written (thing TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, at_s REAL NOT NULL);
"""


class Clock(Protocol):
    """Anything that tells the time in Unix seconds."""

    def now_s(self) -> float: ...


class Refused(Exception):
    """The platform says no; `code` is the HTTP status."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Store:
    """The platform's memory. Every method is one transaction, so calls may come from any thread at once."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def add_user(self, email: str, password: str) -> None:
        """Register a user, or give one a new password."""
        salt = secrets.token_bytes(16)
        with self._transaction() as db:
            db.execute(
                "INSERT INTO users (email, salt, hash) VALUES (?, ?, ?)"
                " ON CONFLICT (email) DO UPDATE SET salt = excluded.salt, hash = excluded.hash",
                (email, salt, _hashed(password, salt)),
            )

    def log_in(self, email: str, password: str) -> str:
        """A new session token. Raises Refused(401)."""
        with self._transaction() as db:
            row = db.execute("SELECT id, salt, hash FROM users WHERE email = ?", (email,)).fetchone()
            if row is None or not hmac.compare_digest(_hashed(password, row[1]), row[2]):
                raise Refused(401, "Invalid email or password")
            token = secrets.token_urlsafe(32)
            db.execute(
                "INSERT INTO sessions VALUES (?, ?, ?)", (_digest(token), row[0], self._clock.now_s() + SESSION_S)
            )
            return token

    def user(self, session: str) -> int:
        """The user behind a session token. Raises Refused(401) when it is unknown or has ended."""
        with self._transaction() as db:
            query = "SELECT user FROM sessions WHERE token_hash = ? AND ends_s > ?"
            row = db.execute(query, (_digest(session), self._clock.now_s())).fetchone()
            if row is None:
                raise Refused(401, "Invalid session token")
            return row[0]

    def new_code(self) -> str:
        """A fresh activation code, as the factory gets them."""
        code = secrets.token_hex(12)
        with self._transaction() as db:
            db.execute("INSERT INTO codes (code) VALUES (?)", (code,))
        return code

    def activate(self, code: str) -> tuple[str, str]:
        """Use up a code; returns the new thing's token and id. Raises Refused(404) or (409)."""
        with self._transaction() as db:
            row = db.execute("SELECT used FROM codes WHERE code = ?", (code,)).fetchone()
            if row is None:
                raise Refused(404, "Activation code not found")
            if row[0]:
                raise Refused(409, "Activation code already used")
            token, thing = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
            db.execute("UPDATE codes SET used = 1 WHERE code = ?", (code,))
            db.execute("INSERT INTO things (id, token) VALUES (?, ?)", (thing, token))
            return token, thing

    def link_by_device(self, token: str, link_id: str) -> str | None:
        """The device's half: the thing's id once linked, None while the app has not called. Raises Refused(404)."""
        with self._transaction() as db:
            thing, owner = self._thing(db, token)
            if owner is not None:
                return thing  # decision: a thing that is owned already is answered as linked
            claim = self._open(db, "claims", "user", link_id)
            if claim is not None:
                self._complete(db, thing, claim, link_id)
                return thing
            if (
                self._open(db, "offers", "thing", link_id) != thing
            ):  # decision: a repeated call does not stretch the window
                db.execute("INSERT OR REPLACE INTO offers VALUES (?, ?, ?)", (link_id, thing, self._clock.now_s()))
            return None

    def link_by_app(self, user: int, link_id: str) -> str | None:
        """The app's half: the thing's id once linked, None while the device has not called. Raises Refused(409)."""
        with self._transaction() as db:
            thing = self._open(db, "offers", "thing", link_id)
            if thing is not None:
                self._complete(db, thing, user, link_id)
                return thing
            claim = self._open(db, "claims", "user", link_id)
            if claim is not None and claim != user:
                raise Refused(409, "Another account has claimed this serial")  # decision: the first claim stands
            mine = self._last_linked(db, user, link_id)
            if mine is not None:
                return mine
            if claim is None:
                db.execute("INSERT OR REPLACE INTO claims VALUES (?, ?, ?)", (link_id, user, self._clock.now_s()))
            return None

    def link_by_token(self, user: int, token: str) -> str:
        """Link by the thing token. Raises Refused(404), or (409) when somebody else owns it."""
        with self._transaction() as db:
            thing, owner = self._thing(db, token)
            if owner not in (None, user):
                raise Refused(409, "This thing is linked to another account")  # decision
            db.execute("UPDATE things SET owner = ? WHERE id = ?", (user, thing))
            db.execute("DELETE FROM offers WHERE thing = ?", (thing,))
            return thing

    def unlink(self, user: int, thing: str) -> None:
        """End the ownership. Raises Refused(404) unless the thing is the user's."""
        with self._transaction() as db:
            done = db.execute("UPDATE things SET owner = NULL WHERE id = ? AND owner = ?", (thing, user))
            if not done.rowcount:
                raise Refused(404, "Thing not found among your things")
            db.execute("DELETE FROM linked WHERE thing = ?", (thing,))

    def things(self, user: int) -> list[str]:
        """The ids of the user's things."""
        with self._transaction() as db:
            return [row[0] for row in db.execute("SELECT id FROM things WHERE owner = ? ORDER BY id", (user,))]

    def write(self, token: str, values: list[tuple[str, str]]) -> None:
        """Keep values a thing sends, each (key, JSON text). Raises Refused(404)."""
        with self._transaction() as db:
            thing, _ = self._thing(db, token)
            rows = [(thing, key, value, self._clock.now_s()) for key, value in values]
            db.executemany("INSERT INTO written VALUES (?, ?, ?, ?)", rows)

    def read(self, token: str, key: str, limit: int) -> list[tuple[str, float]]:
        """The newest values under a key: (JSON text, Unix seconds). Raises Refused(404)."""
        with self._transaction() as db:
            thing, _ = self._thing(db, token)
            query = "SELECT value, at_s FROM written WHERE thing = ? AND key = ? ORDER BY rowid DESC LIMIT ?"
            return db.execute(query, (thing, key, limit)).fetchall()

    def _thing(self, db: sqlite3.Connection, token: str) -> tuple[str, int | None]:
        row = db.execute("SELECT id, owner FROM things WHERE token = ?", (token,)).fetchone()
        if row is None:
            raise Refused(404, "Thing not found")
        return row

    def _open(self, db: sqlite3.Connection, table: str, column: str, link_id: str) -> Any:
        """One side's half if its window is still open; past it the half is forgotten (decision)."""
        begin_s = self._clock.now_s() - WINDOW_S
        db.execute(f"DELETE FROM {table} WHERE link_id = ? AND at_s <= ?", (link_id, begin_s))
        row = db.execute(f"SELECT {column} FROM {table} WHERE link_id = ?", (link_id,)).fetchone()
        return None if row is None else row[0]

    def _complete(self, db: sqlite3.Connection, thing: str, user: int, link_id: str) -> None:
        db.execute("UPDATE things SET owner = ? WHERE id = ?", (user, thing))
        db.execute("DELETE FROM claims WHERE link_id = ?", (link_id,))
        db.execute("DELETE FROM offers WHERE thing = ?", (thing,))  # its other serials too, or they would steal it
        db.execute("INSERT OR REPLACE INTO linked VALUES (?, ?, ?)", (link_id, thing, user))

    def _last_linked(self, db: sqlite3.Connection, user: int, link_id: str) -> str | None:
        """What an app that asks again is told: the thing its own claim was completed with."""
        row = db.execute("SELECT thing FROM linked WHERE link_id = ? AND user = ?", (link_id, user)).fetchone()
        return None if row is None else row[0]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(errors="surrogatepass"), salt=salt, n=2**12, r=8, p=1)
