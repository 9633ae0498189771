"""The program on a board: it is deployed, its modules load, records outlive a reset, and an engineer gets answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.device.conftest import Board, leaks
from tools import build

_FRESH_HEAP_BYTES, _STOPPED_HEAP_BYTES = 100_000, 16_000
_DOG_MS = 1_000
_PATH = "import sys\nwhile '/lib' in sys.path: sys.path.remove('/lib')\nsys.path.insert(0, '/lib')\n"
_IMPORT = """
import gc, modules
for name in %r:
    try:
        __import__(name)
    except Exception as error:
        print(name, repr(error))
    modules.forget((name,))
    gc.collect()
print('through')
"""
_RECORD = _PATH + "import store\nrecord = store.Record('/device-test.json')\n"
_DOG = f"""
import time
from firmware.hw import chip
dog = chip.Watchdog()
dog.start({_DOG_MS})
time.sleep_ms({_DOG_MS // 2})
dog.feed()
dog.park()
time.sleep_ms({2 * _DOG_MS})
print('alive')
"""
# Removed even if it is not there, so that no test depends on another.
_REMOVE = """
import os
for name in os.listdir('/'):
    if name.startswith(%r):
        os.remove(name)
"""


@pytest.fixture
def gate(board: Board) -> Iterator[bool]:
    """A file /maintenance in flash, as long as the test lasts; tells whether it was there before."""
    was_there = "maintenance" in board.run("import os\nprint(os.listdir('/'))")
    board.run("open('/maintenance', 'a').close()")
    yield was_there
    if not was_there:
        board.run(_REMOVE % "maintenance")


def test_a_second_deploy_finds_nothing_to_send(board: Board) -> None:
    assert "nothing has changed, and it started" in board.deploy()


def test_the_status_shows_the_identity_and_no_secret(board: Board) -> None:
    files = board.own_files()
    board.restart()
    said = board.tool("tools", "status")
    serial = re.search(r"^serial: +(\w+)$", said, re.MULTILINE)
    assert serial and (serial[1] == "none") == ("/identity.json" not in files)
    assert re.search(r"^firmware: +\d+\.\d+", said, re.MULTILINE)
    assert not leaks(said, files)


def test_the_log_shows_no_secret(board: Board) -> None:
    board.restart()
    said = board.tool("tools", "logs", "--once")
    assert "scale firmware" in said and not leaks(said, board.own_files())


def test_every_module_loads(board: Board) -> None:
    paths = [path for path in build.device_tree() if path.endswith(".mpy")]
    names = [path.removeprefix("/lib/").strip("/").removesuffix(".mpy").replace("/", ".") for path in paths]
    names = [name.removesuffix(".__init__") for name in names]
    assert board.run(_PATH + _IMPORT % (names,)) == "through\n"


def test_a_record_outlives_a_reset(board: Board) -> None:
    try:
        assert board.run(_RECORD + "print(record.save({'kept': 42}))") == "True\n"
        board.restart()
        assert board.run(_RECORD + "print(record.load(lambda found: found['kept']))") == "42\n"
    finally:
        board.run(_REMOVE % "device-test.json")


def test_memory_is_free(board: Board) -> None:
    assert int(board.run("import gc\ngc.collect()\nprint(gc.mem_free())")) > _FRESH_HEAP_BYTES


def test_memory_is_free_beside_the_firmware(board: Board) -> None:
    board.restart()
    free = re.search(r"^heap: .* (\d+) free", board.tool("tools", "status"), re.MULTILINE)
    assert free and int(free[1]) > _STOPPED_HEAP_BYTES


@pytest.mark.parametrize(("call", "said"), [("status()", "serial:"), ("logs()", "log:"), ("scan()", "in range:")])
def test_a_helper_at_the_repl_answers(board: Board, call: str, said: str) -> None:
    board.restart()
    assert said in board.tool("mpremote", "resume", "exec", f"from firmware import app\napp.{call}")


def test_the_helpers_that_change_something_are_there(board: Board) -> None:
    names = ("run", "relink", "link_once", "forget", "factory_reset")
    said = board.run(f"{_PATH}from firmware import app\nprint([name for name in {names} if not hasattr(app, name)])")
    assert said == "[]\n"


def test_the_gate_keeps_the_firmware_from_starting(board: Board, gate: bool) -> None:
    assert any("maintenance: the firmware is not started" in line for line in board.restart())
    board.run(_REMOVE % "maintenance")
    assert not any("maintenance" in line for line in board.restart())
    if gate:
        board.run("open('/maintenance', 'a').close()")


def test_a_parked_watchdog_does_not_bite(board: Board) -> None:
    assert board.run(_PATH + _DOG) == "alive\n"
    board.restart()
