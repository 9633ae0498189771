"""The simulated flash chip: a 4 MB image file laid out as official ESP32 images lay it out, and its wear.

It makes and reads images; the running firmware reaches the same file through the `esp32` stand-in.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from littlefs import LittleFS

FLASH_BYTES = 4 * 1024 * 1024
BLOCK_BYTES = 4096
_TABLE_ADDRESS = 0x8000
_TABLE_BYTES = 0xC00

# type, subtype, address, size, label, encrypted: as `esp32.Partition.info()` gives them
PARTITIONS = (
    (1, 2, 0x9000, 0x6000, "nvs", False),
    (1, 1, 0xF000, 0x1000, "phy_init", False),
    (0, 0, 0x10000, 0x1F0000, "factory", False),
    (1, 129, 0x200000, 0x200000, "vfs", False),
)
VFS_ADDRESS, VFS_BYTES = PARTITIONS[3][2:4]


def partition_table() -> bytes:
    """The partition table in the ESP-IDF's binary form, closed by its MD5 row."""
    rows = b"".join(
        struct.pack("<2sBBII16sI", b"\xaa\x50", kind, subtype, address, size, label.encode(), encrypted)
        for kind, subtype, address, size, label, encrypted in PARTITIONS
    )
    rows += b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(rows).digest()
    return rows.ljust(_TABLE_BYTES, b"\xff")


def _file_system(region: bytes | None) -> LittleFS:
    """A littlefs in memory: the one in `region`, or a new one. The image itself is never written by reading it."""
    file_system = LittleFS(block_size=BLOCK_BYTES, block_count=VFS_BYTES // BLOCK_BYTES, mount=False)
    if region is None:
        file_system.format()
    else:
        file_system.context.buffer[:] = region
    file_system.mount()
    return file_system


def _region(path: Path) -> bytes:
    with path.open("rb") as image:
        image.seek(VFS_ADDRESS)
        return image.read(VFS_BYTES)


def create(path: Path, tree: dict[str, bytes]) -> None:
    """Write a fresh image to `path` whose vfs partition holds `tree` (absolute path -> content)."""
    blank = bytearray(b"\xff" * FLASH_BYTES)
    blank[_TABLE_ADDRESS : _TABLE_ADDRESS + _TABLE_BYTES] = partition_table()
    path.write_bytes(blank)
    _write(path, _file_system(None), tree)


def update(path: Path, tree: dict[str, bytes]) -> None:
    """Write the files of `tree` into an existing image; the device must be off."""
    _write(path, _file_system(_region(path)), tree)


def _write(path: Path, file_system: LittleFS, tree: dict[str, bytes]) -> None:
    for name in sorted(tree):
        folder = name.rsplit("/", 1)[0]
        if folder:
            file_system.makedirs(folder, exist_ok=True)
        with file_system.open(name, "wb") as file:
            file.write(tree[name])
    file_system.unmount()
    with path.open("r+b") as image:
        image.seek(VFS_ADDRESS)
        image.write(file_system.context.buffer)


def read(path: Path) -> dict[str, bytes]:
    """All files of the image's vfs partition, absolute path -> content."""
    return dict(_files(_file_system(_region(path))))


def _files(file_system: LittleFS) -> Iterator[tuple[str, bytes]]:
    for folder, _, names in file_system.walk("/"):
        for name in names:
            full = folder.rstrip("/") + "/" + name
            with file_system.open(full, "rb") as file:
                yield full, file.read()


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
