"""An official MicroPython image for the ESP32: whether a file is one, and the pieces it is made of.

It reads bytes; who writes them to a chip is `board` or `image`.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from esptool.bin_image import ESP32FirmwareImage
from esptool.targets import ROM_LIST
from esptool.util import FatalError

from tools import layout

OLDEST = (1, 24)
_ADVICE = "take ESP32_GENERIC from micropython.org/download"
_IMAGE_MAGIC = 0xE9
_CHIP_ID_AT = 12
_DESCRIPTOR = struct.Struct("<I12x32s32s")
_DESCRIPTOR_MAGIC = 0xABCD5432
_BANNER = re.compile(rb"MicroPython (v\d+\.\d+[\w.-]*)")
_APPLICATION = 0
_LABEL_OF_FILES = "vfs"


class ImageError(ValueError):
    """The file is not what is needed; the message says what it is, and what to take instead."""


@dataclass(frozen=True)
class Official:
    """A checked image: its version, its partition table, and (address, bytes) of everything that has to be written."""

    version: str
    partitions: tuple[layout.Partition, ...]
    pieces: tuple[tuple[int, bytes], ...]

    @property
    def files(self) -> layout.Partition:
        """The partition of the file system."""
        found = layout.labelled(self.partitions, _LABEL_OF_FILES)
        assert found is not None
        return found


def checked(data: bytes) -> Official:
    """What `data`, the content of a combined image for address 0x1000, holds. Raises ImageError."""
    if data[:1] != bytes([_IMAGE_MAGIC]) or len(data) < _DESCRIPTOR.size:
        raise ImageError(f"is not an ESP32 image; {_ADVICE}")
    chip_id = int.from_bytes(data[_CHIP_ID_AT : _CHIP_ID_AT + 2], "little")
    if chip_id != ESP32FirmwareImage.ROM_LOADER.IMAGE_CHIP_ID:
        raise ImageError(f"is for the {_chip_name(chip_id)}, and the scale has an ESP32; {_ADVICE}")
    at = layout.TABLE_ADDRESS - layout.BOOTLOADER_ADDRESS
    table = data[at : at + layout.TABLE_BYTES]
    rows = layout.partitions(table)
    if not rows:
        raise ImageError(
            f"has no partition table: an image for updates over the air, or a damaged one; {_ADVICE} (.bin)"
        )
    bootloader = _loaded(data, 0)
    home, application = _application(data, rows)
    version = _version(application)
    if bootloader is None or layout.labelled(rows, _LABEL_OF_FILES) is None:
        raise ImageError(f"is damaged, or not laid out for files; {_ADVICE}")
    pieces = (layout.BOOTLOADER_ADDRESS, bootloader), (layout.TABLE_ADDRESS, table), (home.address, application)
    return Official(version, rows, pieces)


def image_at(stream: BinaryIO, address: int) -> ESP32FirmwareImage | None:
    """The image of the boot loader or of an application at `address`, or None when there is no whole one."""
    stream.seek(address)
    try:
        found = ESP32FirmwareImage(stream)
    except (FatalError, struct.error, TypeError):  # TypeError: it ends where a checksum should be
        return None
    is_ours = found.chip_id == found.ROM_LOADER.IMAGE_CHIP_ID and found.append_digest
    return found if is_ours and found.stored_digest == found.calc_digest else None


def _loaded(data: bytes, at: int) -> bytes | None:
    found = image_at(io.BytesIO(data), at)
    return None if found is None else data[at : at + found.data_length + found.SHA256_DIGEST_LEN]


def _application(data: bytes, rows: tuple[layout.Partition, ...]) -> tuple[layout.Partition, bytes]:
    home = next((row for row in rows if row.kind == _APPLICATION), None)
    found = None if home is None else _loaded(data, home.address - layout.BOOTLOADER_ADDRESS)
    if home is None or found is None:
        raise ImageError("is damaged or cut short: its checksum does not fit; download it again")
    if len(found) > home.size or max(row.end for row in rows) > layout.FLASH_BYTES:
        raise ImageError(f"does not fit into 4 MB of flash; {_ADVICE}")
    return home, found


def _version(application: bytes) -> str:
    """The version as MicroPython's own greeting has it, or else the application's descriptor."""
    magic, version, project = _DESCRIPTOR.unpack_from(application, 0x20)
    words = [text.rstrip(b"\x00").decode(errors="replace") for text in (version, project)]
    name = words[1] if magic == _DESCRIPTOR_MAGIC else "something else"
    banner = _BANNER.search(application)
    if banner is None and name != "micropython":
        raise ImageError(f"is not MicroPython but {name!r}; {_ADVICE}")
    found = banner.group(1).decode() if banner else words[0]
    numbers = re.match(r"v?(\d+)\.(\d+)", found)
    if numbers is None or tuple(map(int, numbers.groups())) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ImageError(f"is MicroPython {found}; the firmware needs {oldest} or later, {_ADVICE}")
    return found


def _chip_name(chip_id: int) -> str:
    return next((rom.CHIP_NAME for rom in ROM_LIST if chip_id == rom.IMAGE_CHIP_ID), f"chip number {chip_id}")
