"""What the chip's ROM and its second-stage bootloader make of the flash: start MicroPython, or say why not.

It starts nothing itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tools import layout
from tools.micropython_image import image_at
from tools.simulator import board as boards
from tools.simulator.terminal import Terminal

_IMAGE_MAGIC = 0xE9
_REPEAT_MS = 400  # a chip that cannot boot starts over by its watchdog
_BOOT_LINES = {
    boards.PWRON: "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
    boards.HARD: "rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
    boards.WATCHDOG: "rst:0x8 (TG1WDT_SYS_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
    boards.SOFT: "MPY: soft reboot",
}


class Bootloader:
    """Speaks at the board's serial port until the interpreter takes over."""

    def __init__(self, terminal: Terminal, flash: Path) -> None:
        self._terminal, self._flash = terminal, flash
        self._complaint: str | None = None
        self._said_ms = 0

    def boots(self, cause: int) -> bool:
        """Start over because of `cause`; tells whether there is an image to hand over to."""
        self._terminal.starts()
        self._terminal.say(_BOOT_LINES[cause])
        self._complaint = complaint(self._flash)
        return self._complaint is None

    def complain(self, now_ms: int) -> None:
        """Say once more why it does not boot, if that is so and it is time."""
        if self._complaint is not None and now_ms - self._said_ms >= _REPEAT_MS:
            self._said_ms = now_ms
            self._terminal.say(self._complaint)


def complaint(flash: Path) -> str | None:
    """The line that the chip prints again and again instead of booting, or None when it boots."""
    with flash.open("rb") as image:
        image.seek(layout.BOOTLOADER_ADDRESS)
        header = image.read(4)
        if header[0] != _IMAGE_MAGIC:
            return f"invalid header: 0x{int.from_bytes(header, 'little'):08x}"
        if image_at(image, layout.BOOTLOADER_ADDRESS) is None:
            return "csum err"
        rows = _partitions(image)
        if not rows:
            return "E (37) boot: Failed to verify partition table"
        factory = layout.labelled(rows, "factory")
        if factory is None or image_at(image, factory.address) is None:
            return "E (58) boot: No bootable app partitions in the partition table"
    return None


def partitions(flash: Path) -> tuple[layout.Partition, ...]:
    """What the partition table in flash says."""
    with flash.open("rb") as image:
        return _partitions(image)


def _partitions(image: BinaryIO) -> tuple[layout.Partition, ...]:
    image.seek(layout.TABLE_ADDRESS)
    return layout.partitions(image.read(layout.TABLE_BYTES))
