"""esptool finds the chip that the firmware runs on. It only asks; nothing is written."""

from __future__ import annotations

import re

from tests.device.conftest import Board

_MAC = r"MAC: +((?:[0-9a-f]{2}:){5}[0-9a-f]{2})"


def _mac(said: str) -> str:
    found = re.search(_MAC, said)
    assert found, said
    return found[1]


def test_read_mac_tells_the_chips_own_number(board: Board) -> None:
    mac = _mac(board.tool("esptool", "read-mac"))
    assert board.run("import machine\nprint(machine.unique_id().hex())").strip() == mac.replace(":", "")


def test_chip_id_finds_an_esp32(board: Board) -> None:
    said = board.tool("esptool", "chip-id")
    assert re.search(r"ESP32(?!-)", said) and _mac(said)


def test_flash_id_finds_the_flash_that_the_scale_needs(board: Board) -> None:
    found = re.search(r"Detected flash size: (\d+)MB", board.tool("esptool", "flash-id"))
    assert found and int(found[1]) >= 4


def test_the_program_runs_again_after_esptool(board: Board) -> None:
    board.tool("esptool", "read-mac")
    assert any(line.startswith("boot: scale firmware") for line in board.restart())
