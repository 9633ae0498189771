"""The flash chip as its ROM loader reaches it: erase and program with NOR rules, each operation counted as wear.

The running firmware reaches the same image file through the `esp32` stand-in.
"""

from __future__ import annotations

import hashlib
import mmap
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.simulator.flash import Wear

SECTOR_BYTES = 4096
_PAGE_BYTES = 256


class PowerCut(Exception):
    """The power was cut in the middle of an operation; what was kept of it is in the image."""


class Nor:
    """An image file as a flash chip. Use as a context manager. Raises ValueError beyond its end, and PowerCut."""

    def __init__(self, path: Path, wear: Wear) -> None:
        self._wear = wear
        with path.open("r+b") as file:
            self._image = mmap.mmap(file.fileno(), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._image.close()

    @property
    def size_bytes(self) -> int:
        """The whole chip."""
        return len(self._image)

    def read(self, address: int, size: int) -> bytes:
        """`size` bytes from `address`."""
        self._check(address, size)
        return self._image[address : address + size]

    def md5(self, address: int, size: int) -> bytes:
        """The MD5 digest of a stretch."""
        return hashlib.md5(self.read(address, size)).digest()

    def erase(self, address: int, size: int) -> None:
        """Erase every sector that the stretch touches."""
        if not size:
            return
        self._check(address, size)
        for sector in range(address // SECTOR_BYTES, (address + size - 1) // SECTOR_BYTES + 1):
            self._change("erase", sector * SECTOR_BYTES, b"\xff" * SECTOR_BYTES)

    def program(self, address: int, data: bytes) -> None:
        """Clear bits, page by page."""
        self._check(address, len(data))
        at = 0
        while at < len(data):
            page = data[at : at + _PAGE_BYTES - (address + at) % _PAGE_BYTES]
            self._program_page(address + at, page)
            at += len(page)

    def _program_page(self, address: int, page: bytes) -> None:
        before = self._image[address : address + len(page)]
        both = int.from_bytes(before) & int.from_bytes(page)
        self._change("program", address, both.to_bytes(len(page)))

    def _change(self, kind: str, address: int, after: bytes) -> None:
        keep = self._wear.count(kind, address, len(after))
        kept = int(len(after) * keep)
        self._image[address : address + kept] = after[:kept]
        if keep < 1:
            raise PowerCut

    def _check(self, address: int, size: int) -> None:
        if address + size > self.size_bytes:
            raise ValueError(f"{address + size:#x} is beyond the end of the chip")
