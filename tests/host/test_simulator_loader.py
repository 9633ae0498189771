"""Real esptool on a simulated chip: it finds an ESP32 with 4 MB, writes, reads, erases, and the chip boots what is there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.layout import FACTORY, FLASH_BYTES
from tools.simulator import flash, sample_image
from tools.simulator.device import Device
from tools.simulator.nor import Nor
from tools.simulator.world import World

BOTH = pytest.mark.parametrize("loader", [(), ("--no-stub",)], ids=["stub", "ROM"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "desk") as desk:
        yield desk


@pytest.fixture
def bare(world: World) -> Device:
    device = world.new_device({}, bare=True)
    device.power_on()
    return device


def esptool(device: Device, *words: str | Path) -> str:
    """Run esptool on the board's port; returns what it printed."""
    command = [sys.executable, "-m", "esptool", "--port", device.port, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def content(device: Device, address: int, size: int) -> bytes:
    """What is in the image file."""
    with device.flash.open("rb") as image:
        image.seek(address)
        return image.read(size)


@BOTH
def test_esptool_finds_out_what_it_talks_to(bare: Device, loader: tuple[str, ...]) -> None:
    said = esptool(bare, *loader, "flash-id")
    assert "ESP32-D0WD-V3 (revision v3.1)" in said
    assert "Crystal frequency:  40MHz" in said
    assert f"MAC:                {bare.board.unique_id.hex(':')}" in said
    assert "Detected flash size: 4MB" in said
    assert bare.wear.operations == 0


@BOTH
@pytest.mark.parametrize("command", ["read-mac", "chip-id"])
def test_the_mac_is_the_chips_own_number(bare: Device, loader: tuple[str, ...], command: str) -> None:
    said = esptool(bare, *loader, command)
    assert f"MAC: {bare.board.unique_id.hex(':')}" in " ".join(said.split())
    assert "ESP32-D0WD-V3" in said
    assert bare.wear.operations == 0


@BOTH
def test_what_differs_is_not_verified(bare: Device, tmp_path: Path, loader: tuple[str, ...]) -> None:
    (tmp_path / "data.bin").write_bytes(bytes(range(256)) * 16)
    esptool(bare, *loader, "write-flash", "0x3000", tmp_path / "data.bin")
    (tmp_path / "data.bin").write_bytes(bytes(range(255, -1, -1)) * 16)
    with pytest.raises(AssertionError, match="Verification failed|digest mismatch|differ"):
        esptool(bare, *loader, "verify-flash", "0x3000", tmp_path / "data.bin")


@BOTH
@pytest.mark.parametrize("packed", ["--compress", "--no-compress"])
def test_what_is_written_can_be_read_and_verified(
    bare: Device, tmp_path: Path, loader: tuple[str, ...], packed: str
) -> None:
    written, back = tmp_path / "written.bin", tmp_path / "back.bin"
    written.write_bytes(b"\xc0\xdb" * 50 + os.urandom(9_000) + bytes(3_000))
    assert "Hash of data verified" in esptool(bare, *loader, "write-flash", packed, "0x3000", written)
    assert content(bare, 0x3000, 12_100) == written.read_bytes()
    assert content(bare, 0x3000 + 12_100, 188) == b"\xff" * 188
    assert bare.wear.erases == 3
    assert bare.wear.programs >= 12_100 // 256
    esptool(bare, *loader, "read-flash", "0x3000", "12100", back)
    assert back.read_bytes() == written.read_bytes()
    assert "Verification successful" in esptool(bare, *loader, "verify-flash", "0x3000", written)


def test_the_highest_speed_is_only_a_number_here(bare: Device) -> None:
    assert "Detected flash size: 4MB" in esptool(bare, "--baud", "921600", "flash-id")
    assert "Detected flash size: 4MB" in esptool(bare, "--no-stub", "--baud", "460800", "flash-id")


@BOTH
def test_a_region_is_erased_and_nothing_beside_it(world: World, loader: tuple[str, ...]) -> None:
    device = world.new_device({"/main.py": b"print('there')"})
    device.power_on()
    before = device.flash.read_bytes()
    start, end = FACTORY.address, FACTORY.address + 0x1000
    assert before[start:end] != b"\xff" * 0x1000
    esptool(device, *loader, "erase-region", hex(start), "0x1000")
    assert device.flash.read_bytes() == before[:start] + b"\xff" * 0x1000 + before[end:]
    assert device.wear.erases == 1


def test_the_whole_chip_is_erased_and_does_not_boot(world: World) -> None:
    device = world.new_device({"/main.py": b"print('there')"})
    device.power_on()
    device.console.wait_for("there")
    esptool(device, "erase-flash")
    assert device.flash.read_bytes() == b"\xff" * FLASH_BYTES
    assert device.wear.erases == FLASH_BYTES // 4096
    mark = device.console.text.rindex("waiting for download")
    device.console.wait_for("(invalid header: 0xffffffff\r\n){2}", start=mark)


def test_a_bare_chip_boots_what_esptool_wrote(bare: Device, tmp_path: Path) -> None:
    bare.console.wait_for("(invalid header: 0xffffffff\r\n){2}")
    (tmp_path / "official.bin").write_bytes(sample_image.micropython())
    esptool(bare, "write-flash", "0x1000", tmp_path / "official.bin")
    bare.console.wait_for(">>> $")
    bare.power_off()
    assert flash.read(bare.flash) == {}


@pytest.mark.parametrize(
    ("address", "words"), [(0x1010, "csum err"), (0x8000, "partition table"), (0x10100, "No bootable app")]
)
def test_a_damaged_image_does_not_boot(world: World, address: int, words: str) -> None:
    device = world.new_device({"/main.py": b"print('there')"})
    with device.flash.open("r+b") as image:
        image.seek(address)
        image.write(b"\x00\x01")
    device.power_on()
    device.console.wait_for(words)
    assert "there" not in device.console.text


def test_programming_clears_bits_and_nothing_else(tmp_path: Path) -> None:
    flash.create_blank(tmp_path / "chip.img")
    with Nor(tmp_path / "chip.img", flash.Wear()) as nor:
        nor.program(0xFFF, b"\xf0\xf0")
        nor.program(0xFFF, b"\x3c\xff")
        assert nor.read(0xFFE, 4) == b"\xff\x30\xf0\xff"
        nor.erase(0xFFF, 1)
        assert nor.read(0xFFE, 4) == b"\xff\xff\xf0\xff"
        with pytest.raises(ValueError, match="beyond the end"):
            nor.program(FLASH_BYTES - 1, b"ab")


def test_power_cut_while_writing_leaves_the_rest_unwritten(bare: Device, tmp_path: Path) -> None:
    data = bytes(range(256)) * 64
    (tmp_path / "data.bin").write_bytes(data)
    bare.wear.cut_power_at(10, keep=0.5)
    with pytest.raises(AssertionError):
        esptool(bare, "--no-stub", "write-flash", "0x3000", tmp_path / "data.bin")
    assert not bare.powered
    kept = 5 * 256 + 128  # after four erases
    assert content(bare, 0x3000, len(data)) == data[:kept] + b"\xff" * (len(data) - kept)
