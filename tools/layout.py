"""Where things lie in the flash of an ESP32 with an official MicroPython image, and the partition table that says so.

It reads and makes tables; what is in a partition is others' business.
"""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

FLASH_BYTES = 4 * 1024 * 1024
BLOCK_BYTES = 4096
BOOTLOADER_ADDRESS = 0x1000
TABLE_ADDRESS = 0x8000
TABLE_BYTES = 0xC00
_ROW = struct.Struct("<2sBBII16sI")
_ROW_MAGIC, _DIGEST_MAGIC = b"\xaa\x50", b"\xeb\xeb" + b"\xff" * 14


class Partition(NamedTuple):
    """A row of the table, in the order of `esp32.Partition.info()`."""

    kind: int
    subtype: int
    address: int
    size: int
    label: str
    encrypted: bool

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.address + self.size


PARTITIONS = (
    Partition(1, 2, 0x9000, 0x6000, "nvs", False),
    Partition(1, 1, 0xF000, 0x1000, "phy_init", False),
    Partition(0, 0, 0x10000, 0x1F0000, "factory", False),
    Partition(1, 129, 0x200000, 0x200000, "vfs", False),
)
FACTORY, VFS = PARTITIONS[2:]


def table(partitions: tuple[Partition, ...] = PARTITIONS) -> bytes:
    """The partition table in the ESP-IDF's binary form, closed by its MD5 row."""
    rows = b"".join(
        _ROW.pack(_ROW_MAGIC, kind, subtype, address, size, label.encode(), encrypted)
        for kind, subtype, address, size, label, encrypted in partitions
    )
    return (rows + _DIGEST_MAGIC + hashlib.md5(rows).digest()).ljust(TABLE_BYTES, b"\xff")


def partitions(binary: bytes) -> tuple[Partition, ...]:
    """The rows of a binary table; none when it is blank, broken or not one."""
    found = []
    for at in range(0, min(len(binary), TABLE_BYTES) - _ROW.size + 1, _ROW.size):
        magic, kind, subtype, address, size, label, flags = _ROW.unpack_from(binary, at)
        if magic != _ROW_MAGIC:
            is_whole = binary[at : at + 32] == _DIGEST_MAGIC + hashlib.md5(binary[:at]).digest()
            return tuple(found) if is_whole else ()
        found.append(
            Partition(kind, subtype, address, size, label.rstrip(b"\x00").decode(errors="replace"), bool(flags & 1))
        )
    return ()


def labelled(rows: tuple[Partition, ...], label: str) -> Partition | None:
    """The partition of that name, if there is one."""
    return next((row for row in rows if row.label == label), None)
