"""Puts an official MicroPython image on a chip. Identity and state, which are files, stay unless all is to be erased.

The image is written in its pieces, so that nothing between them (the radio's calibration, say) is touched.
"""

from __future__ import annotations

from pathlib import Path

from tools import layout, reading
from tools import micropython_image as images
from tools.board import chip as chips
from tools.board import port as ports
from tools.board.errors import BoardError
from tools.micropython_image import Official

DEFAULT_BAUD = 460_800


def image(path: Path) -> Official:
    """The image in the file at `path`, checked. Raises BoardError."""
    try:
        return images.checked(reading.whole(path))
    except OSError as error:
        raise BoardError(f"{path} cannot be read: {error.strerror}") from None
    except images.ImageError as error:
        raise BoardError(f"{path.name} {error}") from None


def flash(port: str, official: Official, *, erase: bool, baud: int, progress: chips.Progress) -> None:
    """Write `official` to the chip at `port` and start it. Raises BoardError; then nothing was changed, or BrokenOff."""
    ports.check(port)
    with chips.connected(port, baud) as chip:
        _check_size(chip)
        if erase:
            chip.erase()
        else:
            _check_layout(chip, official)
        chip.write(official.pieces, progress)


def _check_size(chip: chips.Chip) -> None:
    if chip.flash_bytes < layout.FLASH_BYTES:
        raise BoardError(f"the chip has {chip.flash_bytes >> 20} MB of flash; the scale needs 4 MB, take another board")


def _check_layout(chip: chips.Chip, official: Official) -> None:
    """Refuse an image that looks for the files elsewhere than they are: it would start with none."""
    rows = layout.partitions(chip.read(layout.TABLE_ADDRESS, layout.TABLE_BYTES))
    there, wanted = layout.labelled(rows, official.files.label), official.files
    if there is not None and (there.address, there.size) != (wanted.address, wanted.size):
        raise BoardError("this image keeps its files elsewhere: identity and state would be lost; ERASE=1 accepts that")
