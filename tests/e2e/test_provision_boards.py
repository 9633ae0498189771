"""Boards that provisioning cannot work with: said in one line, no identity is made for them, and the ledger stays empty."""

from __future__ import annotations

import pytest

from tests.e2e.bench import Bench
from tests.e2e.spoil import Desk, Spoil, bare, elsewhere, fat, forbidden, silent
from tests.host.factory_peer import new_token
from tools import layout

CASES: list[tuple[Spoil, str]] = [
    (elsewhere, "there is no port /dev/ttyUSB99; plug the board in"),
    (forbidden, "join its group with `sudo usermod -aG "),
    (silent, "does not answer; press the board's reset button and repeat the command"),
    (bare, "there is no MicroPython on the chip; first `make flash PORT="),
    (fat, "the board's file system is FAT, which a power cut can break; save its files, then `make flash PORT="),
]


@pytest.mark.parametrize(("spoil", "said"), CASES, ids=[spoil.__name__ for spoil, _ in CASES])
def test_it_is_said_and_nothing_is_made(bench: Bench, desk: Desk, spoil: Spoil, said: str) -> None:
    spoil(desk)
    before = desk.device.flash.read_bytes()
    status, out, errors = bench.run("--port", desk.port, SCALE_TOKEN=new_token())
    assert (status, out) == (1, "")
    assert [line for line in errors.splitlines() if line.startswith("error: ")] == errors.splitlines()[1:]
    assert said in errors
    assert bench.ledger() == [] and not [*bench.data.rglob("identity.json")]
    assert desk.device.flash.read_bytes()[layout.VFS.address :] == before[layout.VFS.address :]
