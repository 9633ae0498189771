"""Flash images of a whole scale: MicroPython, the program, and who the scale is; and the update of one read back.

It makes bytes; esptool writes them. An update is a merge: the program's files lie in the same file system as identity
and state, so an image of that file system for every device would take both away. It belongs to one device.
"""

from __future__ import annotations

import functools
import json
from typing import Any

from firmware.core import settings
from tools import build, file_system, layout, program
from tools import micropython_image as images
from tools.micropython_image import ImageError

ADDRESS = layout.BOOTLOADER_ADDRESS


def whole(
    firmware: bytes,
    identity: dict[str, Any] | None,
    wifi: dict[str, Any] | None,
    tree: dict[str, bytes] | None = None,
) -> bytes:
    """The image of a new scale, to be written at `ADDRESS`: it covers the chip to its end, so nothing old is left.

    `firmware` is the official MicroPython image, `tree` the program (by default that of the build). Raises ImageError
    and `settings.SettingsError`.
    """
    official = images.checked(firmware)
    own = {}
    if identity is not None:
        settings.identity(identity)
        own["/identity.json"] = json.dumps(identity).encode()
    if wifi is not None:
        settings.wifi(wifi)
        own["/wifi.json"] = json.dumps(wifi).encode()
    region = file_system.changed(_program(tuple(sorted((tree or _built()).items())), official.files.size), own)
    image = bytearray(b"\xff" * layout.FLASH_BYTES)
    for address, data in (*official.pieces, (official.files.address, region)):
        image[address : address + len(data)] = data
    return bytes(image[ADDRESS:])


def updated(read_back: bytes, tree: dict[str, bytes] | None = None) -> bytes:
    """`read_back`, a chip's flash from address 0 or its vfs partition alone, with the program replaced by `tree`.

    All that is not the program stays as it is, and that is checked on the result. Raises ImageError.
    """
    start, end = _extent(read_back)
    tree = tree or _built()
    try:
        before = file_system.files(read_back[start:end])
        region = file_system.changed(read_back[start:end], tree, program.stale(before, tree))
        after = file_system.files(region)
    except file_system.FileSystemError as error:
        raise ImageError(f"cannot be updated: {error}; read it back again, or deploy over the cable") from None
    if after != own_files(before) | tree:
        raise ImageError("cannot be updated: the merge does not hold what it should; deploy over the cable")
    return read_back[:start] + region + read_back[end:]


def own_files(files: dict[str, bytes]) -> dict[str, bytes]:
    """Those of the files that are the device's own: identity, state, settings, records."""
    return {path: data for path, data in files.items() if not program.is_program(path)}


def kept(read_back: bytes) -> list[str]:
    """The names of the device's own files in `read_back`."""
    start, end = _extent(read_back)
    return sorted(own_files(file_system.files(read_back[start:end])))


def _extent(read_back: bytes) -> tuple[int, int]:
    if len(read_back) == layout.VFS.size:
        return 0, layout.VFS.size
    table = read_back[layout.TABLE_ADDRESS : layout.TABLE_ADDRESS + layout.TABLE_BYTES]
    files = layout.labelled(layout.partitions(table), layout.VFS.label)
    if files is None or files.end > len(read_back):
        raise ImageError(
            f"is no read-back of a scale: it has {len(read_back)} bytes; "
            f"`esptool read-flash {layout.VFS.address:#x} {layout.VFS.size:#x}` makes one"
        )
    return files.address, files.end


@functools.cache
def _built() -> dict[str, bytes]:
    return build.device_tree()


@functools.lru_cache(maxsize=2)
def _program(tree: tuple[tuple[str, bytes], ...], size: int) -> bytes:
    return file_system.made(dict(tree), size)
