"""The simulated flash chip: a 4 MB image file laid out as official ESP32 images lay it out, and its wear.

It makes and reads images; the running firmware reaches the same file through the `esp32` stand-in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tools import file_system
from tools.layout import BOOTLOADER_ADDRESS, FLASH_BYTES, VFS
from tools.simulator import sample_image


def create_blank(path: Path) -> None:
    """Write the image of a chip as it comes from the factory: nothing on it."""
    path.write_bytes(b"\xff" * FLASH_BYTES)


def create(path: Path, tree: dict[str, bytes]) -> None:
    """Write a fresh image to `path`: MicroPython, and a vfs partition that holds `tree` (absolute path -> content)."""
    create_blank(path)
    _put(path, BOOTLOADER_ADDRESS, sample_image.micropython())
    _put(path, VFS.address, file_system.made(tree))


def update(path: Path, tree: dict[str, bytes]) -> None:
    """Write the files of `tree` into an existing image; the device must be off."""
    _put(path, VFS.address, file_system.changed(region(path), tree))


def read(path: Path) -> dict[str, bytes]:
    """All files of the image's vfs partition, absolute path -> content."""
    return file_system.files(region(path))


def region(path: Path) -> bytes:
    """The vfs partition of the image, byte for byte."""
    with path.open("rb") as image:
        image.seek(VFS.address)
        return image.read(VFS.size)


def _put(path: Path, address: int, data: bytes) -> None:
    with path.open("r+b") as image:
        image.seek(address)
        image.write(data)


class Wear:
    """Counts flash operations and, when told to, cuts the power at the n-th one.

    `keep` says how much of the cut operation still reaches the chip: 0 dropped, 0.5 half done.
    """

    def __init__(self) -> None:
        self.erases = 0
        self.programs = 0
        self.programmed_bytes = 0
        self.on_operation: Callable[[str, int], None] = lambda kind, address: None
        self._cut_at: int | None = None
        self._keep = 0.0

    @property
    def operations(self) -> int:
        """Erase and program operations so far."""
        return self.erases + self.programs

    def cut_power_at(self, nth: int, keep: float = 0.0) -> None:
        """Cut the power at the `nth` operation from now (1 is the next)."""
        self._cut_at, self._keep = self.operations + nth, keep

    def count(self, kind: str, address: int, size: int) -> float:
        """Account for one operation; returns the share of it that is carried out."""
        if kind == "erase":
            self.erases += 1
        else:
            self.programs += 1
            self.programmed_bytes += size
        self.on_operation(kind, address)
        if self.operations != self._cut_at:
            return 1.0
        self._cut_at = None
        return self._keep
