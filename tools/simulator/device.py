"""A simulated ESP32 board on a USB cable: power, resets, button, LED, flash and radio around an interpreter.

It supervises; it knows nothing of the firmware it runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.simulator import board as boards
from tools.simulator import download
from tools.simulator.board import Board
from tools.simulator.bootloader import Bootloader
from tools.simulator.console import Console
from tools.simulator.download import Download
from tools.simulator.ether import Ether
from tools.simulator.flash import Wear
from tools.simulator.interpreter import DEFAULT_HEAP_BYTES, Interpreter
from tools.simulator.loop import Loop
from tools.simulator.nor import PowerCut
from tools.simulator.radio import Radio
from tools.simulator.station import Timing
from tools.simulator.terminal import Cable, Terminal
from tools.simulator.wire import Wire


class Device:
    """One board. Use as a context manager; `power_on` starts it, `port` is its serial port."""

    def __init__(
        self,
        ether: Ether,
        flash: Path,
        *,
        number: int = 1,
        heap_bytes: int = DEFAULT_HEAP_BYTES,
        timing: Timing | None = None,
        skips_idle: bool = False,
    ) -> None:
        mac = bytes([0x24, 0x0A, 0xC4, 0x00, number >> 8, number & 255])
        self.console = Console()
        self.wear = Wear()
        self.board = Board(unique_id=mac, clock_file=flash.with_suffix(".clock"))
        self.radio = Radio(ether, mac, timing or Timing())
        self.ether = ether
        self.flash = flash
        self.heap_bytes = heap_bytes
        self.skips_idle = skips_idle
        self.rom_heap_bytes = 0
        self.lives = 0
        self.powered = False  # as after power was cut at a flash operation
        self._terminal = Terminal(self.console)
        self._bootloader = Bootloader(self._terminal, flash)
        self._wire = Wire(self)
        self._interpreter: Interpreter | None = None
        self._download: Download | None = None
        self._running = self.interrupt_wanted = False
        self._lock = threading.RLock()
        self._loop = Loop(self._lock, self._sources, self._look_after)
        self._loop.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Power off and take the board away."""
        self.unplug()
        self._loop.close()

    @property
    def port(self) -> str:
        """The serial port's path, as mpremote wants it."""
        return self._terminal.port

    @property
    def cable(self) -> Cable:
        """What counts the host's messages, and comes off when told to."""
        return self._terminal.cable

    @property
    def led(self) -> bool:
        """True while the LED is lit."""
        return self.board.levels.get(boards.LED_PIN, 0) == 1

    def power_on(self) -> None:
        """Switch the board on, plugged in or not."""
        with self._lock:
            if self._terminal.fd < 0:
                self._terminal.plug_in()
            if not self.powered:
                self._start()

    def unplug(self) -> None:
        """Pull the cable out: power and port are gone at once. After `power_on` the port may have another name."""
        with self._lock:
            self.power_off()
            if self._terminal.fd >= 0:
                self._terminal.unplug()

    def power_off(self) -> None:
        """Pull the plug: nothing is flushed, the radio falls silent, the date is lost."""
        with self._lock:
            self._end()
            self.powered = False
            self.radio.off()
            self.board.lose_power()
            self._terminal.in_raw_repl = False

    def reset(self, cause: int = boards.HARD) -> None:
        """Reset the chip; a soft reset leaves the radio as it is."""
        with self._lock:
            self._end()
            if cause == boards.SOFT:
                self.board.reset_cause = cause
            else:
                self._forget(cause)
            self._start()

    def press(self) -> None:
        """Push the button down; it stays down until `release`."""
        self.board.change(boards.BUTTON_PIN, 0)

    def release(self) -> None:
        """Let go of the button."""
        self.board.change(boards.BUTTON_PIN, 1)

    def type(self, text: str) -> None:
        """Type at the serial port, as a person would."""
        with open(self.port, "wb", buffering=0) as port:
            port.write(text.encode())

    @property
    def in_raw_repl(self) -> bool:
        """True after mpremote entered the raw REPL, over a soft reset too."""
        return self._terminal.in_raw_repl

    def booted(self, heap_used: int) -> None:
        """The chip's ROM is through; from here on the firmware runs and can be interrupted."""
        self.rom_heap_bytes = heap_used
        self._running = True

    def carry_plain_bytes(self, plain: bool) -> None:
        """From here on the serial port translates nothing, as `kbd_intr(-1)` asks, or text again."""
        if self._interpreter is not None:
            self._terminal.printed(self._interpreter)  # what was printed before still goes the old way
        self._terminal.carries_plain_bytes = plain

    def watchdog_bit(self) -> bool:
        """Reset the chip if its watchdog has gone hungry; tells whether it did."""
        if not self.board.watchdog_bites() or self._interpreter is None:
            return False
        self._terminal.printed(self._interpreter)
        self._terminal.say("Task watchdog got triggered.")
        self.reset(boards.WATCHDOG)
        return True

    def _start(self) -> None:
        self.powered = True
        self._running = self.interrupt_wanted = False
        self.board.starts()
        if self._bootloader.boots(self.board.reset_cause):
            self._interpreter = Interpreter(self.flash, self.board.clock_file, self.heap_bytes)
        self.lives += 1
        self._loop.wake()

    def _end(self) -> None:
        if self._interpreter is not None:
            self._terminal.printed(self._interpreter)
            self._interpreter.kill()
            self._interpreter = None
            self.radio.ports.ways.clear()
        if self._download is not None:
            self._download.close()
            self._download = None
        self._loop.wake()

    def _forget(self, cause: int) -> None:
        self.radio.off()
        self.board.hard_reset(cause)
        self._terminal.in_raw_repl = False

    def _sources(self) -> Iterator[tuple[int, Callable[[], None]]]:
        if self._interpreter is not None:
            interpreter = self._interpreter
            yield interpreter.wire.fileno(), lambda: self._answer(interpreter)
            yield interpreter.tty, lambda: self._carry_output(interpreter)
        if self.powered and (self._running or self._interpreter is None):
            yield self._terminal.fd, self._carry_input

    def _carry_output(self, interpreter: Interpreter) -> None:
        if interpreter is self._interpreter:
            self._terminal.printed(interpreter)

    def _carry_input(self) -> None:
        data = self._terminal.received() if self.powered else b""
        if data and not self.cable.carries():
            self.unplug()
        elif self._download is None and data and download.is_wanted(data):
            self._enter_download(data)
        elif self._download is not None:
            self._serve_download(self._download, data)
        elif self._interpreter is not None and data:
            self.interrupt_wanted |= self._terminal.typed(data, self._interpreter, self._running)

    def _enter_download(self, data: bytes) -> None:
        self._end()
        self._forget(boards.HARD)
        self._download = Download(self._terminal, self.flash, self.wear, self.board.unique_id)
        self._serve_download(self._download, data)

    def _serve_download(self, ours: Download, data: bytes | None) -> None:
        try:
            if not ours.serve(data):
                self.reset()
        except PowerCut:
            self.power_off()

    def _answer(self, interpreter: Interpreter) -> None:
        if interpreter is not self._interpreter:
            return
        if not self._wire.serve(interpreter.wire):
            self._ended_by_itself(interpreter)

    def _ended_by_itself(self, interpreter: Interpreter) -> None:
        """Ctrl-D at the REPL, `sys.exit()` there, or a crash of the interpreter: the chip starts over."""
        while self._terminal.printed(interpreter):
            pass
        self.reset(boards.SOFT)

    def _look_after(self) -> None:
        if self._interpreter is None:
            if self.powered and self._download is None:
                self._bootloader.complain(self.board.now_ms())
            return
        if self.interrupt_wanted:
            self.interrupt_wanted = False
            if self._interpreter.takes_interrupts():
                self._interpreter.interrupt()
        self.radio.refresh(self.board.now_ms())
        self.watchdog_bit()
