"""The USB serial port of a simulated board: a pseudo-terminal that stays open over every reset.

It translates between what a chip's console does and what the unix port's does; it never looks inside a program.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import tty

from tools.simulator.console import Console
from tools.simulator.interpreter import Interpreter

_CTRL_A, _CTRL_C = b"\x01", b"\x03"
_LONE_NEWLINE = re.compile(rb"(?<!\r)\n")
_RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_FRIENDLY_BANNER = b'Type "help()" for more information.'
_PROMPT = b">>> "
_TAIL_BYTES = 200
_SEND_PATIENCE_MS = 2_000
# What the unix port shows on its way into the raw REPL after a restart, and a chip does not.
_DETOUR = re.compile(rb'MicroPython [^\n]*\nType "help\(\)" for more information\.\r\n>>> \r\n(?=raw REPL)')


class Cable:
    """What lies between host and board: it counts messages, and comes off at the n-th one when told to."""

    def __init__(self) -> None:
        self.messages = 0
        self._off_at: int | None = None

    def come_off_at(self, nth: int | None) -> None:
        """Come off before the `nth` message from now (1 is the next) arrives; None takes the order back."""
        self._off_at = None if nth is None else self.messages + nth

    def carries(self) -> bool:
        """Count a message from the host; False when it does not arrive, for this one pulled the cable off."""
        self.messages += 1
        if self.messages != self._off_at:
            return True
        self._off_at = None
        return False


class Terminal:
    """`port` is what mpremote opens. Bytes from it go in by `typed`, the interpreter's come out by `printed`."""

    def __init__(self, console: Console) -> None:
        self.cable = Cable()
        self.in_raw_repl = False
        self.carries_plain_bytes = False
        self._console = console
        self._tail = b""
        self._held_input = b""
        self._held_output: bytes | None = None
        self.plug_in()

    def plug_in(self) -> None:
        """A port appears."""
        self.fd, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.fd, False)
        self.port = os.ttyname(self._slave)
        self._held_input = b""

    def unplug(self) -> None:
        """The port goes away under whoever has it open."""
        os.close(self.fd)
        os.close(self._slave)
        self.fd = -1

    def let_go(self) -> None:
        """From here on it is noticed when the host closes the port."""
        os.close(self._slave)

    def hold(self) -> None:
        """The port stays open whatever the host does."""
        self._slave = os.open(self.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._slave)

    def received(self) -> bytes | None:
        """What came from the host; None when it closed the port, as noticed since `let_go`."""
        try:
            return os.read(self.fd, 65536)
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def send(self, data: bytes) -> None:
        """Send to the host all of `data`, unless it stops reading."""
        poll = select.poll()
        poll.register(self.fd, select.POLLOUT)
        while data and [(self.fd, select.POLLOUT)] == poll.poll(_SEND_PATIENCE_MS):
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(self.fd, data) :]

    def note(self, data: bytes) -> None:
        """Remember what the chip said while the host listens for something else."""
        self._console.add(data)

    def starts(self) -> None:
        """A new life of the interpreter begins; in raw mode its way back there is hidden."""
        self._tail = b""
        self.carries_plain_bytes = False
        self._held_output = b"" if self.in_raw_repl else None

    def say(self, text: str) -> None:
        """Print a line of the chip's own ROM."""
        self._show(text.encode() + b"\r\n")

    def typed(self, data: bytes, interpreter: Interpreter, running: bool) -> bool:
        """Carry what was typed to the interpreter; True for a Ctrl-C into a running program: it takes an interrupt."""
        data = self._held_input + data
        self._held_input = b""
        if not running or self._held_output is not None:
            self._held_input = data
            return False
        interrupts = _CTRL_C in data and interpreter.takes_interrupts()
        _write(interpreter.tty, data.replace(_CTRL_C, b"") if interrupts else data)
        return interrupts

    def printed(self, interpreter: Interpreter) -> bool:
        """Carry what the interpreter printed to the port; False when there was nothing."""
        data = _read(interpreter.tty)
        if not data:
            return False
        if not self.carries_plain_bytes:
            in_two = data.startswith(b"\n") and self._tail.endswith(b"\r")
            data = b"\n" * in_two + _LONE_NEWLINE.sub(b"\r\n", data[in_two:])
        if self._held_output is not None:
            data = self._through_detour(interpreter, data)
        self._show(data)
        return True

    def _through_detour(self, interpreter: Interpreter, data: bytes) -> bytes:
        self._held_output = held = (self._held_output or b"") + data
        if held.endswith(_PROMPT):
            _write(interpreter.tty, _CTRL_A)
        if not held.endswith(_RAW_BANNER):
            return b""
        self._held_output = None
        return _DETOUR.sub(b"", held)

    def _show(self, data: bytes) -> None:
        self._tail = (self._tail + data)[-_TAIL_BYTES:]  # a banner may come in pieces
        raw_at, friendly_at = self._tail.rfind(_RAW_BANNER), self._tail.rfind(_FRIENDLY_BANNER)
        if raw_at != friendly_at:
            self.in_raw_repl = raw_at > friendly_at
        self._console.add(data)
        _write(self.fd, data)


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 65536)
    except OSError:  # nothing there, or the other side has gone
        return b""


def _write(fd: int, data: bytes) -> None:
    """Write what fits; a port that nobody reads loses bytes, as a serial line does."""
    while data:
        with contextlib.suppress(InterruptedError):
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                return
