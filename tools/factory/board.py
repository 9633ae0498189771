"""A board on a serial port: reads its files, puts new ones in the place of old ones in one go, and lets it boot.

mpremote speaks to it. What the files say is not its business; no error repeats what was sent.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

_BAUD = 115_200
_READ_S = 2.0  # a board that says nothing for so long in the middle of a word has gone
_ATTEMPTS, _ENTER_S = 3, 3.0
# littlefs has a second word for it: there is no room for the name of one file more (lfs.c, lfs_file_opencfg).
_FULL = (errno.ENOSPC, errno.ENAMETOOLONG)
_ERRNO = re.compile(r"OSError: (?:\[Errno )?(\d+)")
_PART = ".part"
# What the firmware keeps beside a record (docs/flash-format.md). The newest goes last, so that no older one comes to life.
COMPANIONS = (".newer", ".tmp", ".old")
_RESET = "import machine, time\ntime.sleep_ms(100)\nmachine.reset()"
_COMMIT = """
import errno, os
for name in {gone}:
    try:
        os.remove(name)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
for name in {names}:
    os.rename(name + {part!r}, name)
"""


class BoardError(RuntimeError):
    """The board cannot be reached, or its flash refused; the message says what to do."""


class FlashError(BoardError):
    """The board answers, but its flash does not take what it is given."""


class Board:
    """The board at `port`. While the context is open its firmware stands still; afterwards the board boots."""

    def __init__(self, port: str) -> None:
        self._port = port
        _check_port(port)
        try:
            with self._talking():
                self._link = SerialTransport(port, _BAUD, timeout=_READ_S)
        except BoardError:
            raise BoardError(f"{port} is in use by another program, or is no serial port; close that program") from None

    def __enter__(self) -> Self:
        try:
            self._enter()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def number(self) -> str:
        """The number that no other chip has. Raises BoardError."""
        with self._talking():
            return self._link.eval("__import__('machine').unique_id()").hex()

    def read(self, name: str) -> bytes | None:
        """The content of a file, None when there is no such file. Raises BoardError."""
        with self._talking():
            try:
                return bytes(self._link.fs_readfile(name))
            except OSError as error:
                if error.errno == errno.ENOENT:
                    return None
                raise

    def replace(self, files: Mapping[str, bytes], gone: Sequence[str] = ()) -> None:
        """Put `files` in place, the last one last, after taking `gone` away with their companions. Raises BoardError.

        Until everything has arrived as it was sent, the board keeps what it had.
        """
        parts = [name + _PART for name in files]
        try:
            for part, content in zip(parts, files.values(), strict=True):
                self._write(part, content)
        except FlashError:
            with contextlib.suppress(FlashError):  # a file system that is full may not even let go
                self._run(_COMMIT.format(gone=parts, names=[], part=_PART))
            raise
        gone = [name + ending for name in gone for ending in (*COMPANIONS, "")]
        stale = [name + ending for name in files for ending in COMPANIONS]
        self._run(_COMMIT.format(gone=[*gone, *stale], names=list(files), part=_PART))

    def _enter(self) -> None:
        """Stop the firmware; a Ctrl-C that meets it at a bad moment is lost, so there is more than one."""
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(TransportError), self._line():
                self._link.enter_raw_repl(timeout_overall=_ENTER_S)
                return
        raise BoardError(f"{self._port}: no MicroPython answers; is the board on, and MicroPython flashed?")

    def _write(self, name: str, content: bytes) -> None:
        with self._talking():
            self._link.fs_writefile(name, content)
        if self.read(name) != content:
            raise FlashError(f"{self._port}: the board's flash does not hold what was written; replace the board")

    def _run(self, code: str) -> None:
        with self._talking():
            self._link.exec(code)

    def _leave(self) -> None:
        """Let the board boot, if it is still there."""
        with contextlib.suppress(BoardError), self._talking():
            self._link.enter_raw_repl(soft_reset=False, timeout_overall=_READ_S)
            self._link.exec_raw_no_follow(_RESET)
        with contextlib.suppress(OSError):
            self._link.close()

    @contextlib.contextmanager
    def _talking(self) -> Iterator[None]:
        """Turn whatever goes wrong between the two into a BoardError."""
        try:
            with self._line():
                yield
        except TransportExecError as error:
            found = _ERRNO.search(error.error_output)
            raise self._refused(int(found[1]) if found else 0) from None
        except (TransportError, ValueError, SyntaxError, struct.error):
            raise BoardError(
                f"{self._port}: the board stopped answering; plug it in anew and run the same command again"
            ) from None

    @contextlib.contextmanager
    def _line(self) -> Iterator[None]:
        """Turn a line that breaks, or flash that is full, into a BoardError; mpremote's own remarks are left out."""
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                yield
        except OSError as error:
            if error.errno in _FULL:
                raise self._refused(error.errno) from None
            raise BoardError(f"{self._port}: the board went away; plug it in and run the same command again") from None

    def _refused(self, number: int) -> FlashError:
        if number in _FULL:
            return FlashError(f"{self._port}: the board's file system is full; remove files from it")
        return FlashError(f"{self._port}: the board's flash fails (error {number}); replace the board")


def _check_port(port: str) -> None:
    if not os.path.exists(port):
        raise BoardError(f"there is no port {port}; plug the board in, or see `mpremote connect list`")
    if not os.access(port, os.R_OK | os.W_OK):
        raise BoardError(f"you may not use {port}; on Debian: adduser $USER dialout, then log in again")
