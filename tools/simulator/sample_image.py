"""Images like the official MicroPython ones in everything that tools and bootloaders look at, and next to nothing else.

They carry no interpreter: the simulated chip brings its own. A real chip would not run them.
"""

from __future__ import annotations

import struct
from functools import cache

from esptool.bin_image import ELFSection, ESP32C3FirmwareImage, ESP32FirmwareImage

from tools import layout

VERSION = "v1.26.1"
_DESCRIPTOR_MAGIC = 0xABCD5432
_TEXT_ADDRESS, _CONSTANTS_ADDRESS = 0x40080000, 0x3F400020
_CHIPS = {"ESP32": ESP32FirmwareImage, "ESP32-C3": ESP32C3FirmwareImage}


@cache
def micropython(version: str = VERSION, chip: str = "ESP32", project: str = "micropython", size: int = 4096) -> bytes:
    """A combined image, to be written at 0x1000: bootloader, partition table, application of about `size` bytes."""
    start = layout.BOOTLOADER_ADDRESS
    bootloader = _image(chip, _TEXT_ADDRESS, b"second stage")
    parts = ((start, bootloader), (layout.TABLE_ADDRESS, layout.table()))
    combined = bytearray()
    for address, part in (*parts, (layout.FACTORY.address, application(version, chip, project, size))):
        combined = combined.ljust(address - start, b"\xff") + part
    return bytes(combined)


def application(version: str, chip: str = "ESP32", project: str = "micropython", size: int = 4096) -> bytes:
    """The application alone: its descriptor, then the line that the REPL greets with."""
    descriptor = struct.pack(
        "<IIQ32s32s16s16s32s32s80x",
        _DESCRIPTOR_MAGIC,
        0,
        0,
        version.encode(),
        project.encode(),
        b"12:00:00",
        b"Sep 11 2025",
        b"v5.4.2",
        bytes(32),
    )
    banner = f"MicroPython {version} on 2025-09-11; Generic {chip} module\0" if project == "micropython" else ""
    return _image(chip, _CONSTANTS_ADDRESS, (descriptor + banner.encode()).ljust(size, b"\x00"))


def _image(chip: str, address: int, content: bytes) -> bytes:
    image = _CHIPS[chip]()
    image.chip_id = image.ROM_LOADER.IMAGE_CHIP_ID
    image.flash_size_freq = 0x20  # 4 MB, 40 MHz
    image.entrypoint = _TEXT_ADDRESS
    image.segments.append(ELFSection(b".sample", address, content, 0))
    return image.save(None)
