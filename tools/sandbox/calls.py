"""The sandbox's own record of who connected and what was asked: one row a connection, and no secret in any.

It is kept in SQLite so that another process can read it while the sandbox runs.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from dataclasses import astuple, dataclass, fields
from pathlib import Path

_MASKS = (
    (re.compile(r"(/v2/things/)[^/?]+"), r"\1{thingToken}"),
    (re.compile(r"(/v2/me/things/)(?!link-id$)[^/?]+"), r"\1{thingId}"),
)


@dataclass
class Call:
    """One connection. `http_bytes` counts what arrived inside TLS; `tls` is "ok" or why there was none."""

    at_s: float
    tls: str = ""
    http_bytes: int = 0
    method: str = ""
    route: str = ""
    link_id: str = ""
    status: int = 0
    message: str = ""
    fault: str = ""

    @property
    def by_device(self) -> bool:
        """True for the device's link call."""
        return self.route == "/v2/things/{thingToken}/link-id"


def masked(path: str) -> str:
    """The path of a request with tokens and ids taken out, the query dropped."""
    path = path.partition("?")[0]
    for pattern, instead in _MASKS:
        path = pattern.sub(instead, path)
    return path[:200]


class Record:
    """The rows, oldest first."""

    _COLUMNS = ", ".join(field.name for field in fields(Call))

    def __init__(self, path: Path) -> None:
        self._grown = threading.Condition()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(f"CREATE TABLE IF NOT EXISTS calls ({self._COLUMNS})")

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(self, call: Call) -> None:
        """Keep a connection that has ended."""
        with self._grown:
            self._db.execute(f"INSERT INTO calls VALUES ({', '.join('?' * len(fields(Call)))})", astuple(call))
            self._grown.notify_all()

    def all(self) -> list[Call]:
        """All rows so far."""
        with self._grown:
            return self._read()

    def wait_for(self, condition: object, deadline_s: float) -> list[Call]:
        """Wait until `condition(calls)` holds; raises TimeoutError with the calls seen."""
        assert callable(condition)
        with self._grown:
            if not self._grown.wait_for(lambda: condition(self._read()), deadline_s):
                raise TimeoutError(f"not in {deadline_s} s; the calls were {self._read()}")
            return self._read()

    def _read(self) -> list[Call]:
        return [Call(*row) for row in self._db.execute(f"SELECT {self._COLUMNS} FROM calls ORDER BY rowid")]
