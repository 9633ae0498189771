"""MicroPython on a board, reached through mpremote: runs code there, reads and writes files, restarts it, hears it boot.

What code and which files is decided elsewhere. Every trouble comes out as one of `errors`; none repeats what was sent.
"""

from __future__ import annotations

import binascii
import contextlib
import errno
import io
import re
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from tools.board import port as ports
from tools.board.errors import BoardError, BrokenOff

_CHUNK_BYTES = 768  # of a file in one command: 1 kB of base64, which the chip's heap takes easily
_SILENCE_S = 5.0
_GLANCE_S = 0.05  # where mpremote minds the time itself, for which a read must not wait
_ATTEMPTS = 4
_ENTRY_S = 3.0  # a board that was just switched on may miss the first Ctrl-C
_BOOT_LINES = 8
_BOOT_DEADLINE_S = 8.0
_QUIET_S = 0.5
_ROM_LINE = re.compile(r"rst:|ets |configsip|clk_drv|mode:|load:|ho |entry |MPY:|waiting for|\s*$")
_PROMPT = ">>> "
_NO_IMAGE = ("invalid header", "No bootable app")
# An old MicroPython made the file system, and a new one mounts it as it is.
_FIND_FAT = """
import esp32
_head = bytearray(512)
for _part in esp32.Partition.find(esp32.Partition.TYPE_DATA, 0x81):
    _part.readblocks(0, _head)
    if _head[510:] == b'\\x55\\xaa' and _head[8:16] != b'littlefs':
        print('FAT')
"""
_READ = """
from binascii import b2a_base64 as _b
try:
    with open({path!r}, 'rb') as _f:
        print(_b(_f.read()).decode())
except OSError as _error:
    if _error.errno != {missing}:
        raise
    print('none')
"""
_GONE = (serial.SerialException, OSError, struct.error, TransportError)


class RemoteError(BoardError):
    """Code raised an exception on the board; the message quotes its last line."""


class Remote:
    """A board whose program is stopped and whose raw REPL listens."""

    def __init__(self, port: str, transport: SerialTransport) -> None:
        self._port, self._transport = port, transport

    def run(self, code: str) -> str:
        """What `code` prints on the board. Raises RemoteError and BrokenOff."""
        try:
            return str(self._transport.exec(code).decode(errors="replace"))
        except TransportExecError as error:
            said = error.error_output.strip().splitlines()[-1]
            raise RemoteError(f"the board refused with {said}; repeat the command") from None
        except _GONE:
            raise BrokenOff(f"lost the board on {self._port} midway") from None

    def write(self, path: str, data: bytes, progress: Callable[[int], None], then: str) -> str:
        """Write a file, in pieces, of which `progress` is told the sizes; returns what the code `then` prints after it."""
        said, end = "", max(len(data), 1)
        for at in range(0, end, _CHUNK_BYTES):
            piece = data[at : at + _CHUNK_BYTES]
            code = "" if at else f"from binascii import a2b_base64 as _b\n_f = open({path!r}, 'wb')\n"
            code += f"_f.write(_b({binascii.b2a_base64(piece, newline=False)!r}))\n"
            said = self.run(code if at + _CHUNK_BYTES < end else f"{code}_f.close()\n{then}")
            progress(len(piece))
        return said

    def read(self, path: str) -> bytes | None:
        """The content of a small file, None when there is none. Raises RemoteError and BrokenOff."""
        said = self.run(_READ.format(path=path, missing=errno.ENOENT)).strip()
        try:
            return None if said == "none" else binascii.a2b_base64(said.encode(), strict_mode=True)
        except ValueError:
            raise BrokenOff(f"lost the board on {self._port} midway") from None

    def refuse_fat(self) -> None:
        """Raise BoardError when the files lie on FAT, whose renames a power cut can break."""
        if self.run(_FIND_FAT).strip():
            advice = f"save its files, then `make flash PORT={self._port} FIRMWARE=ESP32_GENERIC.bin ERASE=1`"
            raise BoardError(f"the board's file system is FAT, which a power cut can break; {advice} makes it littlefs")

    def restart(self) -> None:
        """Reset the chip, as its reset button does."""
        try:
            self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
        except _GONE:
            raise BrokenOff(f"lost the board on {self._port} at its restart") from None

    def let_run(self) -> None:
        """Get out of the way after a failure, if the board still listens: its program starts again."""
        with contextlib.suppress(BoardError, *_GONE), contextlib.redirect_stdout(io.StringIO()):
            self._transport.enter_raw_repl(soft_reset=False, timeout_overall=2)
            self.restart()

    def boot_lines(self) -> list[str]:
        """The first lines that the board's program prints after a restart; none when it is silent."""
        try:
            text = self._heard_after_start()
        except (serial.SerialException, OSError):
            raise BrokenOff(f"lost the board on {self._port} while it started") from None
        return _said(text[text.rfind("rst:") :].partition("\nMicroPython ")[0])[:_BOOT_LINES]

    def _heard_after_start(self) -> str:
        text, spoke_s = "", 0.0
        end_s = time.monotonic() + _BOOT_DEADLINE_S
        self._transport.serial.timeout = _GLANCE_S
        while time.monotonic() < end_s and not (spoke_s and time.monotonic() - spoke_s > _QUIET_S):
            new = self._transport.serial.read(4096).decode(errors="replace")
            text += new
            if len(_said(text)) > _BOOT_LINES or text.endswith(_PROMPT):
                break
            if new and _said(text):
                spoke_s = time.monotonic()
        return text


def _said(text: str) -> list[str]:
    """The lines of `text` that are not the chip's own."""
    return [line for line in text.splitlines() if not _ROM_LINE.match(line)]


@contextmanager
def connected(port: str, *, soft_reset: bool = True) -> Iterator[Remote]:
    """The board at `port`, its program stopped and, with a soft reset, its memory empty. Raises BoardError."""
    ports.check(port)
    try:
        transport = SerialTransport(port, timeout=_GLANCE_S)
    except _GONE as error:
        raise BoardError(f"{port} cannot be opened: {error}") from None
    try:
        _enter(port, transport, soft_reset)
        transport.serial.timeout = _SILENCE_S
        yield Remote(port, transport)
    finally:
        ports.unlock(transport.serial)
        with contextlib.suppress(OSError, serial.SerialException):
            transport.close()


def _enter(port: str, transport: SerialTransport, soft_reset: bool) -> None:
    heard = io.StringIO()
    for _ in range(_ATTEMPTS):
        try:
            with contextlib.redirect_stdout(heard):  # mpremote prints what it could not make sense of
                transport.enter_raw_repl(soft_reset=soft_reset, timeout_overall=_ENTRY_S)
            return
        except TransportError:
            if any(words in heard.getvalue() for words in _NO_IMAGE):
                advice = f"first `make flash PORT={port} FIRMWARE=image.bin`"
                raise BoardError(f"there is no MicroPython on the chip; {advice}") from None
        except _GONE:
            raise BrokenOff(f"lost the board on {port} before anything was changed") from None
    raise BoardError(f"MicroPython on {port} does not answer; press the board's reset button and repeat the command")
