"""What the tests on a board share: its port, code run on it, and its own files, which have to be the same afterwards.

`make device PORT=...` gives the port. Without one everything is skipped.
"""

from __future__ import annotations

import ast
import binascii
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import build
from tools.board import remote
from tools.board.device_command import NO_BOARD

_HERE = Path(__file__).parent
_PORT, _CA = os.environ.get("DEVICE_PORT", ""), os.environ.get("DEVICE_CA", "")
_DEADLINE_S = 180
# What makes this board somebody's scale. A link that comes about meanwhile is no harm.
_OWN = ("/identity.json", "/settings.json", "/wifi.json", "/state.json")
_SECRETS = ("thing_token", "setup_key", "key")
_READ = """
from binascii import b2a_base64
found = {}
for name in %r:
    try:
        with open(name, 'rb') as file:
            found[name] = b2a_base64(file.read())
    except OSError:
        pass
print(found)
"""


class Board:
    """The board at the port. Its firmware stands still while code runs on it."""

    port = _PORT

    def run(self, code: str) -> str:
        """What `code` prints, in an interpreter whose memory is empty."""
        with remote.connected(self.port) as board:
            return board.run(code).replace("\r", "")

    def restart(self) -> list[str]:
        """The first lines of the program after a reset."""
        with remote.connected(self.port, soft_reset=False) as board:
            board.restart()
            return board.boot_lines()

    def tool(self, module: str, *words: str) -> str:
        """What a command prints: `mpremote`, `esptool` or `tools`, with the port put in."""
        port = ("connect", self.port) if module == "mpremote" else ("--port", self.port)
        placed = (*words[:1], *port, *words[1:]) if module == "tools" else (*port, *words)
        line = [sys.executable, "-m", module, *placed]
        done = subprocess.run(line, cwd=build.ROOT, capture_output=True, text=True, timeout=_DEADLINE_S, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.replace("\r", "")

    def deploy(self) -> str:
        """Bring the program up to date; returns what that prints."""
        return self.tool("tools", "deploy", *(("--ca", _CA) if _CA else ()))

    def own_files(self) -> dict[str, bytes]:
        """Those of `_OWN` that there are. They hold secrets: not to be shown."""
        found = ast.literal_eval(self.run(_READ % (_OWN,)))
        return {name: binascii.a2b_base64(text) for name, text in found.items()}


def leaks(text: str, files: dict[str, bytes]) -> list[str]:
    """The names of the secrets in `files` that stand in `text`."""
    found = []
    for name, data in files.items():
        record = json.loads(data)
        record = record.get("record", record)
        found += [f"{field} of {name}" for field in _SECRETS if record.get(field) and record[field] in text]
    return found


@pytest.fixture(scope="session")
def board() -> Iterator[Board]:
    """The board with this program, whose own files have to be the same afterwards; they are put back if they are not."""
    one = Board()
    one.deploy()
    before = one.own_files()
    yield one
    after = one.own_files()
    lost = [name for name in before if after.get(name) != before[name]]
    with remote.connected(one.port) as line:
        for name in lost:
            line.write(name, before[name], lambda size: None, then="")
    one.restart()
    assert not lost, f"put back as they were: {', '.join(lost)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not _PORT and _HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=NO_BOARD))
