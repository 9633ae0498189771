"""One stretch of flash being written by esptool: what comes in, packed or not, goes to the chip as it arrives.

The ROM erases the whole stretch first; the stub erases each sector just before it is written.
"""

from __future__ import annotations

import zlib

from tools.simulator.nor import SECTOR_BYTES, Nor


class Writer:
    """Writes from `address` on. Raises ValueError when packed data is not, and what `Nor` raises."""

    def __init__(self, nor: Nor, address: int, size: int, *, is_packed: bool, erases_first: bool) -> None:
        self._nor = nor
        self._at = self._blank_until = address
        self._end = address + size
        self._unpack = zlib.decompressobj() if is_packed else None
        if erases_first:
            self._blank(self._end)

    def write(self, data: bytes) -> None:
        """Take in the next block."""
        if self._unpack is not None:
            try:
                data = self._unpack.decompress(data)
            except zlib.error as error:
                raise ValueError(str(error)) from error
        data = data[: max(0, self._end - self._at)]  # esptool fills up the last block
        self._blank(self._at + len(data))
        self._nor.program(self._at, data)
        self._at += len(data)

    def _blank(self, end: int) -> None:
        if end > self._blank_until:
            self._nor.erase(self._blank_until, end - self._blank_until)
            self._blank_until = -(-end // SECTOR_BYTES) * SECTOR_BYTES
