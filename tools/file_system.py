"""The device's file system as a block of bytes: the littlefs of the vfs partition, made, read and changed on the host.

It knows nothing of where that block goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from littlefs import LittleFS, LittleFSError

from tools.layout import BLOCK_BYTES, VFS

_DISK_VERSION = 0x00020000  # what MicroPython 1.24 makes itself; a newer one is refused by older images


class FileSystemError(ValueError):
    """A block of bytes holds no file system, or has no room for what shall go in."""


def made(tree: dict[str, bytes], size: int = VFS.size) -> bytes:
    """A new file system of `size` bytes with the files of `tree`, absolute path -> content. Raises FileSystemError."""
    file_system = LittleFS(
        block_size=BLOCK_BYTES, block_count=size // BLOCK_BYTES, disk_version=_DISK_VERSION, mount=False
    )
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
    file_system = LittleFS(block_size=BLOCK_BYTES, block_count=len(region) // BLOCK_BYTES, mount=False)
    file_system.context.buffer[:] = region
    try:
        file_system.mount()
    except LittleFSError:
        raise FileSystemError("there is no littlefs in it") from None
    return file_system


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
