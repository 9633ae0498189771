"""The ledger: nothing is given out twice, nothing is lost to a crash, and nothing in it is worth stealing."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.factory_peer import new_token
from tools.factory.ledger import Ledger
from tools.factory.ledger_file import LedgerError
from tools.factory.scale import new_serial

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "ledger.sqlite"


def child(path: Path, code: str, *words: str) -> subprocess.Popen[str]:
    """A process of its own with the ledger open as `book`; what it prints can be waited for."""
    start = f"import sys; sys.path[:0] = ['.', 'lib']\nfrom tools.factory.ledger import *\nbook = Ledger(Path({str(path)!r}))\n"
    command = [sys.executable, "-c", start + code, *words]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_new_ledger_is_its_owners_alone(path: Path) -> None:
    with Ledger(path) as book:
        book.reserve(token=new_token())
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    path.chmod(0o644)
    with Ledger(path):
        pass
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_thing_gets_the_same_serial_again(path: Path) -> None:
    token, code = new_token(), new_token()
    with Ledger(path) as book:
        first, second = book.reserve(token=token), book.reserve(code=code)
        assert first.serial != second.serial
        assert (first.state, first.has_token, second.has_token) == ("reserved", True, False)
        book.done(first.serial)
    with Ledger(path) as book:
        assert book.reserve(token=token).serial == first.serial
        assert book.reserve(token=token).state == "done"
        assert book.reserve(second.serial, code=code).serial == second.serial
        assert (book.find(token=token), book.find(code=code), book.find(token=code)) == (
            first.serial,
            second.serial,
            None,
        )
        assert [entry.serial for entry in book.entries()] == [first.serial, second.serial]


def test_a_serial_or_a_token_is_refused_a_second_time(path: Path) -> None:
    token, serial = new_token(), new_serial()
    with Ledger(path) as book:
        book.reserve(serial, token)
        with pytest.raises(LedgerError, match=f"{serial} was given to another scale") as caught:
            book.reserve(serial, new_token())
        assert caught.value.field == "serial"
        with pytest.raises(LedgerError, match=f"was given to {serial}") as caught:
            book.reserve(new_serial(), token)
        assert caught.value.field == "thing_token"
        other = book.reserve(code="a code").serial
        with pytest.raises(LedgerError, match="was given to another scale"):
            book.know_token(other, token)
        assert len(book.entries()) == 2


def test_a_serial_whose_activation_failed_is_free_again(path: Path) -> None:
    serial = new_serial()
    with Ledger(path) as book:
        book.reserve(serial, code="wrong")
        assert book.reserve(serial, code="right").serial == serial
        book.know_token(serial, new_token())
        with pytest.raises(LedgerError, match="another scale"):
            book.reserve(serial, code="third")
        book.forget(serial)
        assert [entry.serial for entry in book.entries()] == [serial]
        book.forget(book.reserve(code="fourth").serial)
        assert [entry.serial for entry in book.entries()] == [serial]


def test_an_identity_goes_to_one_board_unless_it_moves(path: Path) -> None:
    with Ledger(path) as book:
        serial = book.reserve(token=new_token()).serial
        book.bind(serial, "a1")
        book.bind(serial, "a1")
        with pytest.raises(LedgerError, match=r"another board \(a1\).*--move"):
            book.bind(serial, "b2")
        book.bind(serial, "b2", moves=True)
        assert book.entries()[0].board == "b2"


def test_a_dump_shows_no_secret(path: Path) -> None:
    token, code = new_token(), new_token()
    with Ledger(path) as book:
        serial = book.reserve(code=code).serial
        book.know_token(serial, token)
        book.done(serial)
    for secret in (token, code):
        assert secret.encode() not in path.read_bytes()
    dump = "\n".join(sqlite3.connect(path).iterdump())
    assert serial in dump
    assert token not in dump
    assert code not in dump


def test_the_same_token_has_another_hash_in_another_ledger(tmp_path: Path) -> None:
    token, hashes = new_token(), set()
    for name in ("one", "two"):
        with Ledger(tmp_path / name) as book:
            book.reserve(token=token)
        hashes.add(sqlite3.connect(tmp_path / name).execute("SELECT token_hash FROM scales").fetchone()[0])
    assert len(hashes) == 2


def test_what_a_process_holds_is_free_once_it_is_killed(path: Path) -> None:
    token = new_token()
    holder = child(path, "print(book.reserve(token=sys.argv[1]).serial, flush=True); sys.stdin.read()", token)
    assert holder.stdout
    serial = holder.stdout.readline().strip()
    with Ledger(path, patience_s=0.1) as book:
        with pytest.raises(LedgerError, match=f"another process is at work on {serial}"):
            book.reserve(token=token)
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
        assert book.reserve(token=token).serial == serial
        assert [entry.state for entry in book.entries()] == ["reserved"]


def test_processes_side_by_side_lose_nothing(path: Path) -> None:
    code = "for number in range(20): book.done(book.reserve(token=f'{sys.argv[1]} {number}').serial)"
    processes = [child(path, code, str(number)) for number in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    with Ledger(path) as book:
        assert len({entry.serial for entry in book.entries() if entry.state == "done"}) == 60


def test_a_full_disk_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Ledger(path) as book:
        book._file._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(LedgerError, match="the disk is full"):
            for number in range(200):
                book.reserve(token=f"token {number}")
        before = len(book.entries())
        book._file._db.execute("PRAGMA max_page_count = 1000")
        book.reserve(token="one more")
        assert len(book.entries()) == before + 1


@pytest.mark.parametrize("moment", ["insert", "commit", "update"])
def test_a_crash_at_any_moment_leaves_one_row_or_none(path: Path, moment: str) -> None:
    """The process kills itself as SQLite begins the statement; what follows finds the ledger whole."""
    code = f"""
import os, signal
def look(statement):
    if statement.lower().startswith({moment!r}): os.kill(os.getpid(), signal.SIGKILL)
book._file._db.set_trace_callback(look)
entry = book.reserve(token="the token"); book.done(entry.serial)
"""
    assert child(path, code).wait(60) == -signal.SIGKILL
    with Ledger(path) as book:
        entry = book.reserve(token="the token")
        book.done(entry.serial)
        assert [one.state for one in book.entries()] == ["done"]
