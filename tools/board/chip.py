"""esptool at work for us: a connected chip, what is in its flash, and writing to it, with its progress on our screen.

What is to be written, and whether it may be, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import esptool
import serial
from esp_pylib.logger import EspLog, EspLogBase
from esptool.cmds import detect_flash_size
from esptool.loader import ESPLoader
from esptool.reset import ResetStrategy
from esptool.util import FatalError, flash_size_bytes

from tools.board.errors import BoardError, BrokenOff

Progress = Callable[[int, int], None]
_ATTEMPTS = 4
_NAME = "ESP32"


class _Quiet(EspLogBase):
    """Lets nothing through but how far it has come."""

    def __init__(self) -> None:
        self.on_progress: Progress = lambda done, total: None

    def progress_bar(self, cur_iter: int, total_iters: int, *words: Any, **more: Any) -> None:
        self.on_progress(cur_iter, total_iters)

    def print(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: errors are raised, and the rest is not asked for."""

    err = warn = note = hint = debug = set_verbosity = print


class Chip:
    """An ESP32 that listens to esptool."""

    def __init__(self, loader: ESPLoader, quiet: _Quiet) -> None:
        self._loader, self._quiet = loader, quiet

    @property
    def flash_bytes(self) -> int:
        """The size of its flash, as the flash chip itself says."""
        size = detect_flash_size(self._loader)
        return flash_size_bytes(size) if size else 0

    def read(self, address: int, size: int) -> bytes:
        """What is in flash."""
        return bytes(esptool.read_flash(self._loader, address, size) or b"")

    def erase(self) -> None:
        """Erase all of it."""
        esptool.erase_flash(self._loader)

    def write(self, pieces: tuple[tuple[int, bytes], ...], progress: Progress) -> None:
        """Write each (address, bytes) that is not there already, and verify it."""
        whole, done = sum(len(data) for _, data in pieces), 0
        for address, data in pieces:
            self._quiet.on_progress = _share(progress, done, len(data), whole)
            esptool.write_flash(self._loader, [(address, data)], skip_flashed=True)
            done += len(data)
            progress(done, whole)


def _share(progress: Progress, done: int, size: int, whole: int) -> Progress:
    """The progress of one piece, as part of the whole."""
    return lambda at, of: progress(done + size * at // max(of, 1), whole)


@contextmanager
def connected(port: str, baud: int) -> Iterator[Chip]:
    """The chip at `port`; afterwards it starts what is in its flash. Raises BoardError, and BrokenOff once it was there."""
    quiet = _Quiet()
    EspLog.set_logger(quiet)
    ResetStrategy.print_once = quiet.warn  # it keeps the logger of before, and a simulated port has no reset line
    with _found(port) as rom:
        try:
            loader = esptool.run_stub(rom)
            esptool.attach_flash(loader)
            if baud > ESPLoader.ESP_ROM_BAUD:
                loader.change_baud(baud)
            yield Chip(loader, quiet)
            loader.hard_reset()
        except (FatalError, serial.SerialException, OSError) as error:
            raise BrokenOff(f"lost the chip on {port} midway: {_in_one_line(error)}") from None


def _found(port: str) -> ESPLoader:
    try:
        loader = esptool.detect_chip(port, connect_attempts=_ATTEMPTS)
    except (FatalError, serial.SerialException, OSError) as error:
        raise BoardError(
            f"no chip answers on {port}: {_in_one_line(error)}; hold its BOOT button while this connects"
        ) from None
    if loader.CHIP_NAME != _NAME:
        loader.__exit__(None, None, None)
        raise BoardError(f"the chip on {port} is an {loader.CHIP_NAME}; the scale has an {_NAME}, take another board")
    return loader


def _in_one_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
