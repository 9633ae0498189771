"""A file that is not this account's whole ledger is refused, and left as it is; the message says what to do."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from tools.factory import ledger_file
from tools.factory.ledger import Ledger
from tools.factory.ledger_file import LedgerError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "ledger.sqlite"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a ledger at all, just text", "is not a ledger"),
        (b"x" * 5000, "is not a ledger"),
        (b"SQLite format 3\0" + b"x" * 5000, "ledger"),
    ],
)
def test_a_foreign_file_is_refused_and_left_alone(path: Path, content: bytes, words: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerError, match=words) as caught:
        Ledger(path)
    assert "\n" not in str(caught.value)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE other (x)", "is not a ledger; name another file with --ledger"),
        ("PRAGMA application_id = 7", "is not a ledger"),
        ("PRAGMA user_version = 3", "is not a ledger"),
    ],
)
def test_another_programs_database_is_refused(path: Path, statement: str, words: str) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute(statement)
    with pytest.raises(LedgerError, match=words):
        Ledger(path)


def test_a_newer_schema_is_refused(path: Path) -> None:
    Ledger(path)._file.close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 2")
    with pytest.raises(LedgerError, match="made by a newer version of this program; update"):
        Ledger(path)


def test_a_write_protected_ledger_is_refused(path: Path) -> None:
    Ledger(path)._file.close()
    path.chmod(0o400)
    with pytest.raises(LedgerError, match="is write-protected; name another file"):
        Ledger(path)


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(LedgerError, match="is no ordinary file; name another file"):
        Ledger(tmp_path / "pipe")


def test_the_ledger_of_another_account_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(path)._file.close()
    before = path.read_bytes()
    monkeypatch.setattr(ledger_file, "_name_of", lambda account: "somebody")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(LedgerError, match="belongs to somebody; work as somebody, or name another file with --ledger"):
        Ledger(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("statement", ["DROP TABLE salt", "DELETE FROM salt", "DROP TABLE scales"])
def test_a_ledger_that_has_lost_something_says_so(path: Path, statement: str) -> None:
    Ledger(path)._file.close()
    with sqlite3.connect(path) as broken:
        broken.execute(statement)
    with pytest.raises(LedgerError, match="put a copy of it back"), Ledger(path) as book:
        book.entries()


def test_a_folder_or_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "ledger"):
        with pytest.raises(LedgerError, match="(no ordinary file|cannot be written ).*name another file"):
            Ledger(path)
