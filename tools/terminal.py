"""What every command owes whoever started it: it ends well when it is told to, and when nobody takes its output any more.

What it says is not its business.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_FAILED = 1
Failed = Callable[[OSError], None]


class OutputError(RuntimeError):
    """Standard output takes nothing more: `number` says why, EPIPE that its reader has gone."""

    def __init__(self, number: int | None) -> None:
        super().__init__(f"the output cannot be written: {os.strerror(number or errno.EIO)}")
        self.number = number


_told: list[int] = []  # by which signals it was told to end


def stop_as_by_ctrl_c() -> None:
    """A `kill`, or the terminal's end, is what Ctrl-C is: whoever holds a board lets it run before it ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, _tell)


def heed() -> None:
    """Raise KeyboardInterrupt if it was told to end already: Python loses one that comes while it loads a module."""
    if _told:
        raise KeyboardInterrupt


def _tell(number: int, frame: object) -> None:
    _told.append(number)
    raise KeyboardInterrupt


@contextmanager
def output() -> Iterator[None]:
    """Text that cannot be written ends the command in one line, or silently if its reader has gone; errors may get lost."""
    sys.stdout, sys.stderr = _stream(sys.stdout, _refused), _stream(sys.stderr, _ignored)
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OutputError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what is still to be flushed
        if error.number != errno.EPIPE:
            print(f"error: {error}", file=sys.stderr)
        raise SystemExit(_FAILED) from None


class _Stream(io.TextIOWrapper):
    """A text stream that hands its failures to `failed`."""

    failed: Failed

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self.failed(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self.failed(error)


def _stream(plain: io.TextIOWrapper | None, failed: Failed) -> _Stream | None:
    """`plain`, whose failures go to `failed`; None when it was closed from the beginning."""
    if plain is None:
        return None
    encoding, errors, by_line = plain.encoding, plain.errors, plain.line_buffering
    stream = _Stream(plain.detach(), encoding, errors, line_buffering=by_line)
    stream.failed = failed
    return stream


def _refused(error: OSError) -> None:
    raise OutputError(error.errno) from None


def _ignored(error: OSError) -> None:
    pass
