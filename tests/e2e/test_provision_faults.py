"""Whatever goes wrong while a board is provisioned: it is said in one line, nothing is harmed, and the next try works."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import serial

from tests.e2e.bench import Bench
from tests.host.factory_peer import new_scale, new_token
from tools import layout
from tools.factory.board import connected
from tools.factory.ledger import Ledger
from tools.file_system import FileSystemError

Case = Callable[[Bench, Path], AbstractContextManager[tuple[tuple[object, ...], dict[str, str | None]]]]


# Directories are kept in order, so that the place for identity.json.part is the one to fill.
_FILL_UP = """
number = 0
try:
    while True:
        with open("identity.json.%d" % number, "w") as file: file.write("x" * 64)
        number += 1
except OSError:
    pass
"""


@contextmanager
def no_port(bench: Bench, folder: Path) -> Any:
    yield ("--port", "/dev/ttyUSB99"), {}


@contextmanager
def no_serial_port(bench: Bench, folder: Path) -> Any:
    (folder / "file").touch()
    yield ("--port", folder / "file"), {}


@contextmanager
def busy_port(bench: Bench, folder: Path) -> Any:
    with serial.Serial(bench.device.port, exclusive=True):
        yield (), {}


@contextmanager
def board_off(bench: Bench, folder: Path) -> Any:
    bench.device.power_off()
    yield (), {}
    bench.plug_in_anew()


@contextmanager
def full_board(bench: Bench, folder: Path) -> Any:
    _fill(bench)
    yield (), {}
    bench.refill()


@contextmanager
def board_vanishes(bench: Bench, folder: Path) -> Any:
    bench.device.wear.on_operation = lambda kind, address: bench.device.cable.come_off_at(1)
    yield (), {}
    bench.plug_in_anew()


@contextmanager
def read_only_ledger(bench: Bench, folder: Path) -> Any:
    ledger = bench.data / "ledger.sqlite"
    with Ledger(ledger):
        pass
    ledger.chmod(0o400)
    yield (), {}
    ledger.chmod(0o600)


@contextmanager
def foreign_ledger(bench: Bench, folder: Path) -> Any:
    (folder / "other").write_text("not a ledger")
    yield ("--ledger", folder / "other"), {}


@contextmanager
def newer_ledger(bench: Bench, folder: Path) -> Any:
    with Ledger(folder / "newer"):
        pass
    with sqlite3.connect(folder / "newer") as db:
        db.execute("PRAGMA user_version = 9")
    yield ("--ledger", folder / "newer"), {}


@contextmanager
def wrong_code(bench: Bench, folder: Path) -> Any:
    yield ("--activate",), {"SCALE_ACTIVATION_CODE": "secret-but-wrong"}


@contextmanager
def used_code(bench: Bench, folder: Path) -> Any:
    code = bench.sandbox.new_activation_code()
    bench.sandbox._store.activate(code)
    yield ("--activate",), {"SCALE_ACTIVATION_CODE": code}


@contextmanager
def no_platform(bench: Bench, folder: Path) -> Any:
    yield ("--activate", "--url", "https://localhost:1/v2"), {"SCALE_ACTIVATION_CODE": "a-code"}


@contextmanager
def strange_authority(bench: Bench, folder: Path) -> Any:
    yield ("--activate",), {"SCALE_ACTIVATION_CODE": "a-code", "SCALE_CA": None}


@contextmanager
def plain_http(bench: Bench, folder: Path) -> Any:
    yield ("--activate", "--url", "http://localhost/v2"), {"SCALE_ACTIVATION_CODE": "a-code"}


@contextmanager
def bad_token(bench: Bench, folder: Path) -> Any:
    yield (), {"SCALE_TOKEN": "secret but wrong"}


@contextmanager
def no_token(bench: Bench, folder: Path) -> Any:
    yield (), {"SCALE_TOKEN": None}


@contextmanager
def no_token_file(bench: Bench, folder: Path) -> Any:
    yield ("--token-file", folder / "nowhere"), {}


@contextmanager
def binary_token_file(bench: Bench, folder: Path) -> Any:
    (folder / "binary").write_bytes(b"\xff\xfe")
    yield ("--token-file", folder / "binary"), {}


@contextmanager
def bad_serial(bench: Bench, folder: Path) -> Any:
    yield ("--serial", "7KM2XQ9RTG"), {}


@contextmanager
def bad_setup_key(bench: Bench, folder: Path) -> Any:
    yield (), {"SCALE_SETUP_KEY": "secret!"}


@contextmanager
def bad_wifi_key(bench: Bench, folder: Path) -> Any:
    yield ("--wifi-ssid", "Home"), {"SCALE_WIFI_KEY": "secret!"}


@contextmanager
def another_identity(bench: Bench, folder: Path) -> Any:
    bench.refill(**new_scale(serial="7KM2XQ9RTF").files)
    yield (), {}
    bench.refill()


@contextmanager
def damaged_identity(bench: Bench, folder: Path) -> Any:
    bench.refill(**{"identity.json": b"{"})
    yield (), {}
    bench.refill()


@contextmanager
def no_folder(bench: Bench, folder: Path) -> Any:
    yield ("--from", folder / "nowhere"), {}


CASES: list[tuple[Case, str]] = [
    (no_port, "there is no port /dev/ttyUSB99; plug the board in, or try another cable"),
    (no_serial_port, "cannot be used as a serial port"),
    (busy_port, "has it open; close that, then try again"),
    (board_off, "does not answer; press the board's reset button and repeat the command"),
    (full_board, "the board's file system is full; remove files from it"),
    (board_vanishes, "; plug it in"),
    (read_only_ledger, "is write-protected; name another file with --ledger, or give yourself the right to write"),
    (foreign_ledger, "is not a ledger; name another file with --ledger"),
    (newer_ledger, "was made by a newer version of this program; update the program"),
    (wrong_code, "Activation code not found (404)"),
    (used_code, "Activation code already used (409)"),
    (no_platform, "check the network, --url and --ca, then run the same command again"),
    (strange_authority, "check the network, --url and --ca, then run the same command again"),
    (plain_http, "the platform's address must look like https://host/path"),
    (bad_token, "the thing token is not 8 to 128 letters, digits, - or _"),
    (no_token, "there is nobody to ask for the thing token; give it in a file or in $SCALE_TOKEN"),
    (no_token_file, "nowhere cannot be read: No such file or directory"),
    (binary_token_file, "is not text"),
    (bad_serial, "the serial cannot be used (the check character does not fit"),
    (bad_setup_key, "the setup key is not 8 to 63 printable ASCII characters"),
    (bad_wifi_key, "the wifi key is not 8 to 63 printable ASCII characters, nor 64 hex digits"),
    (another_identity, "the board holds the identity 7KM2XQ9RTF; to put another identity in its place, give --replace"),
    (damaged_identity, "the board holds an identity that cannot be read; to put another identity in its place"),
    (no_folder, "holds no identity.json that can be used; name the folder of one scale"),
]


@pytest.mark.parametrize(("case", "said"), CASES, ids=[case.__name__ for case, _ in CASES])
def test_it_is_said_nothing_is_harmed_and_the_next_try_works(
    bench: Bench, tmp_path: Path, case: Case, said: str
) -> None:
    token = new_token()
    with case(bench, tmp_path) as (words, environment):
        status, out, errors = bench.run(*words, **{"SCALE_TOKEN": token, **environment})
    assert (status, out) == (1, "")
    [error] = [line for line in errors.splitlines() if line.startswith("error: ")]
    assert errors.splitlines()[-1] == error
    assert said in error
    for secret in (token, "secret-but-wrong", "secret but wrong", "secret!"):
        assert secret not in errors
    mark = len(bench.device.console.text)
    bench.device.skips_idle = True  # the boot to come is waited for
    status, _, errors = bench.run(SCALE_TOKEN=token)
    assert status == 0, errors
    assert [(row["state"], row["serial"] in errors) for row in bench.ledger()][-1] == ("done", True)
    assert len(bench.ledger()) <= 2
    bench.device.console.wait_for("access point Scale-.* is up, WPA2", start=mark)
    found = bench.identity()
    assert found and found.thing_token == token


def _fill(bench: Bench) -> None:
    size = layout.VFS.size
    while size:
        size -= 16 * 1024
        with contextlib.suppress(FileSystemError):
            bench.refill(filler=bytes(size))
            break
    # To the last byte on the board itself: on the host, littlefs would abort the process.
    with connected(bench.device.port) as board:
        board.run(_FILL_UP)
