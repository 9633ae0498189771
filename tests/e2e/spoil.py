"""A board at the end of a cable, and the ways to spoil things for whoever works on it.

What comes of it is for the tests to say.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import serial
from typer.testing import CliRunner

from tests.e2e.test_deploy import OLD, OWN, WHOLE
from tools import build, cli, layout
from tools.board import deploy as deploys
from tools.board import remote
from tools.simulator import flash, loader_registers
from tools.simulator.device import Device
from tools.simulator.world import World

_S2_MAGIC = 0x000007C6
_TWO_MB = 0x1540C8


@dataclass
class Desk:
    """A board with the old program, its port, and the means to spoil things."""

    device: Device
    folder: Path
    patch: pytest.MonkeyPatch
    port: str

    def file(self, content: bytes) -> str:
        (self.folder / "image.bin").write_bytes(content)
        return str(self.folder / "image.bin")


def set_up(world: World, folder: Path, patch: pytest.MonkeyPatch) -> Desk:
    """The board runs its old program, and stands at its prompt."""
    device = world.new_device(OLD | OWN)
    device.power_on()
    device.console.wait_for(WHOLE)
    device.console.wait_for(">>> $")
    patch.setattr(build, "device_tree", lambda: OLD | {"/lib/far.py": b"NAME = 'A'  # as before\n"})
    return Desk(device, folder, patch, device.port)


def run(*words: str) -> tuple[int, str]:
    """Run a command of ours; returns its exit status and what stands on the error channel."""
    result = CliRunner().invoke(cli._commands, list(words))
    if isinstance(result.exception, build.BuildError):
        return 1, f"error: {result.exception}\n"
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stderr


def nothing(desk: Desk) -> None:
    pass


def elsewhere(desk: Desk) -> None:
    desk.port = "/dev/ttyUSB99"


def unnamed(desk: Desk) -> None:
    desk.port = ""


def no_terminal(desk: Desk) -> None:
    desk.port = "/dev/null"


def busy(desk: Desk) -> None:
    desk.patch.setattr(desk, "held", serial.Serial(desk.port, exclusive=True), raising=False)


def forbidden(desk: Desk) -> None:
    def refuse(*words: object, **more: object) -> None:
        raise serial.SerialException(errno.EACCES, "no")

    desk.patch.setattr(serial, "Serial", refuse)


def vanishing_early(desk: Desk) -> None:
    desk.device.cable.come_off_at(2)


def vanishing(desk: Desk) -> None:
    desk.device.cable.come_off_at(10)


def bare(desk: Desk) -> None:
    desk.device.power_off()
    with desk.device.flash.open("r+b") as image:
        image.write(b"\xff" * layout.VFS.address)
    desk.device.power_on()
    desk.device.console.wait_for("invalid header")
    quick(desk)


def silent(desk: Desk) -> None:
    desk.device.power_off()
    quick(desk)


def quick(desk: Desk) -> None:
    desk.patch.setattr(remote, "_ATTEMPTS", 1)
    desk.patch.setattr(remote, "_ENTRY_S", 0.5)


def other_chip(desk: Desk) -> None:
    desk.patch.setattr(loader_registers, "_CHIP", _S2_MAGIC)


def small_chip(desk: Desk) -> None:
    desk.patch.setattr(loader_registers, "_FLASH_ID", _TWO_MB)


def other_layout(desk: Desk) -> None:
    rows = (*layout.PARTITIONS[:3], layout.Partition(1, 129, 0x210000, 0x1F0000, "vfs", False))
    with desk.device.flash.open("r+b") as image:
        image.seek(layout.TABLE_ADDRESS)
        image.write(layout.table(rows))


def old_board(desk: Desk) -> None:
    desk.patch.setattr(deploys, "_OLDEST", (99, 0))


def full(desk: Desk) -> None:
    desk.patch.setattr(deploys, "_RESERVE_BLOCKS", 510)


def full_after_all(desk: Desk) -> None:
    desk.device.power_off()
    flash.update(desk.device.flash, {"/log/much": bytes(480 * layout.BLOCK_BYTES)})
    desk.device.power_on()
    desk.patch.setattr(deploys, "_check_room", lambda *words: None)
    desk.patch.setattr(build, "device_tree", lambda: OLD | {"/lib/much.py": os.urandom(20 * layout.BLOCK_BYTES)})


def does_not_compile(desk: Desk) -> None:
    def fail() -> None:
        raise build.BuildError("firmware/app.py:3: SyntaxError")

    desk.patch.setattr(build, "device_tree", fail)


def fat(desk: Desk) -> None:
    """As an old MicroPython has left it; a new one mounts it as it is."""
    with remote.connected(desk.port) as board:
        board.run("import esp32, vfs\nvfs.VfsFat.mkfs(esp32.Partition.find(1, label='vfs')[0])")
        board.restart()
        board.boot_lines()


Spoil = Callable[[Desk], None]
