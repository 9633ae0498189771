"""The device's file system as a block of bytes: the littlefs of the vfs partition, made, read and changed on the host.

It knows nothing of where that block goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from littlefs import LittleFS, LittleFSError

from tools.layout import BLOCK_BYTES, VFS

# The first is what MicroPython 1.24 makes itself. The newer one is refused by older images, and a write with it would turn
# the older one into it.
_DISK_VERSIONS = (0x00020000, 0x00020001)
# As MicroPython mounts it (extmod/vfs_lfsx.c). The cache is also the longest file kept within its folder's block, and the
# chip does not hold more than its own cache of one that it adds to.
_GEOMETRY = {"read_size": 32, "prog_size": 32, "cache_size": 128, "lookahead_size": 32}


class FileSystemError(ValueError):
    """A block of bytes holds no file system, or has no room for what shall go in."""


def made(tree: dict[str, bytes], size: int = VFS.size) -> bytes:
    """A new file system of `size` bytes with the files of `tree`, absolute path -> content. Raises FileSystemError."""
    file_system = _of_size(size)
    file_system.format()
    file_system.mount()
    return _filled(file_system, tree)


def changed(region: bytes, tree: dict[str, bytes], gone: Iterable[str] = ()) -> bytes:
    """The file system in `region` with the files of `tree` written and those in `gone` removed. Raises FileSystemError."""
    file_system = _mounted(region)
    for path in gone:
        file_system.remove(path)
    return _filled(file_system, tree)


def files(region: bytes) -> dict[str, bytes]:
    """All files, absolute path -> content. Raises FileSystemError."""
    return dict(_walk(_mounted(region)))


def _mounted(region: bytes) -> LittleFS:
    for version in _DISK_VERSIONS:
        file_system = _of_size(len(region), version)
        file_system.context.buffer[:] = region
        try:
            file_system.mount()
        except LittleFSError:
            continue
        return file_system
    raise FileSystemError("there is no littlefs in it")


def _of_size(size: int, version: int = _DISK_VERSIONS[0]) -> LittleFS:
    return LittleFS(
        block_size=BLOCK_BYTES, block_count=size // BLOCK_BYTES, disk_version=version, mount=False, **_GEOMETRY
    )


def _filled(file_system: LittleFS, tree: dict[str, bytes]) -> bytes:
    try:
        for path in sorted(tree):
            folder = path.rsplit("/", 1)[0]
            if folder:
                file_system.makedirs(folder, exist_ok=True)
            with file_system.open(path, "wb") as file:
                file.write(tree[path])
    except LittleFSError as error:
        raise FileSystemError(f"{path} cannot be written: {error}") from None
    file_system.unmount()
    return bytes(file_system.context.buffer)


def _walk(file_system: LittleFS) -> Iterator[tuple[str, bytes]]:
    for folder, _, names in file_system.walk("/"):
        for name in names:
            full = folder.rstrip("/") + "/" + name
            with file_system.open(full, "rb") as file:
                yield full, file.read()
