"""The simulated flash chip: a 4 MB image file laid out as official ESP32 images lay it out, and its wear.

It makes and reads images; the running firmware reaches the same file through the `esp32` stand-in.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from littlefs import LittleFS
from littlefs.context import UserContext

FLASH_BYTES = 4 * 1024 * 1024
BLOCK_BYTES = 4096
_TABLE_ADDRESS = 0x8000
_TABLE_BYTES = 0xC00
_DISK_VERSION = 0x00020000  # littlefs-python writes this; MicroPython's littlefs reads it

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


class _VfsRegion(UserContext):
    """littlefs-python's view of the vfs partition inside the image file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, cfg: object, block: int, off: int, size: int) -> bytes:
        with self._path.open("rb") as image:
            image.seek(VFS_ADDRESS + block * BLOCK_BYTES + off)
            return image.read(size)

    def prog(self, cfg: object, block: int, off: int, data: bytes) -> int:
        with self._path.open("r+b") as image:
            image.seek(VFS_ADDRESS + block * BLOCK_BYTES + off)
            image.write(data)
        return 0

    def erase(self, cfg: object, block: int) -> int:
        return self.prog(cfg, block, 0, b"\xff" * BLOCK_BYTES)

    def sync(self, cfg: object) -> int:
        return 0


def _file_system(path: Path, mount: bool) -> LittleFS:
    return LittleFS(
        context=_VfsRegion(path),
        block_size=BLOCK_BYTES,
        block_count=VFS_BYTES // BLOCK_BYTES,
        read_size=32,
        prog_size=32,
        cache_size=128,
        lookahead_size=32,
        disk_version=_DISK_VERSION,
        mount=mount,
    )


def create(path: Path, tree: dict[str, bytes]) -> None:
    """Write a fresh image to `path` whose vfs partition holds `tree` (absolute path -> content)."""
    blank = bytearray(b"\xff" * FLASH_BYTES)
    blank[_TABLE_ADDRESS : _TABLE_ADDRESS + _TABLE_BYTES] = partition_table()
    path.write_bytes(blank)
    file_system = _file_system(path, mount=False)
    file_system.format()
    file_system.mount()
    _write(file_system, tree)
    file_system.unmount()


def update(path: Path, tree: dict[str, bytes]) -> None:
    """Write the files of `tree` into an existing image; the device must be off."""
    file_system = _file_system(path, mount=True)
    _write(file_system, tree)
    file_system.unmount()


def _write(file_system: LittleFS, tree: dict[str, bytes]) -> None:
    for name in sorted(tree):
        folder = name.rsplit("/", 1)[0]
        if folder:
            file_system.makedirs(folder, exist_ok=True)
        with file_system.open(name, "wb") as file:
            file.write(tree[name])


def read(path: Path) -> dict[str, bytes]:
    """All files of the image's vfs partition, absolute path -> content."""
    file_system = _file_system(path, mount=True)
    return dict(_files(file_system))


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
