"""A simulated ESP32 board on a USB cable: power, resets, button, LED, flash and radio around an interpreter.

It supervises; it knows nothing of the firmware it runs.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.simulator import board as boards
from tools.simulator.board import Board
from tools.simulator.console import Console
from tools.simulator.ether import Ether
from tools.simulator.flash import Wear
from tools.simulator.interpreter import DEFAULT_HEAP_BYTES, Interpreter
from tools.simulator.radio import Radio
from tools.simulator.station import Timing
from tools.simulator.terminal import Terminal
from tools.simulator.wire import Wire

_TICK_S = 0.05
_BOOT_LINES = {
    boards.PWRON: "rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
    boards.HARD: "rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
    boards.WATCHDOG: "rst:0x8 (TG1WDT_SYS_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)",
    boards.SOFT: "MPY: soft reboot",
}


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
        self._terminal = Terminal(self.console)
        self._wire = Wire(self)
        self._interpreter: Interpreter | None = None
        self._running = False
        self._interrupt_wanted = False
        self._lock = threading.RLock()
        self._wake_read, self._wake_write = os.pipe()
        self._open = True
        self._thread = threading.Thread(target=self._supervise, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Power off and take the board away."""
        with self._lock:
            self.power_off()
            self._open = False
        self._wake()
        self._thread.join()
        self._terminal.close()
        os.close(self._wake_read)
        os.close(self._wake_write)

    @property
    def port(self) -> str:
        """The serial port's path, as mpremote wants it."""
        return self._terminal.port

    @property
    def powered(self) -> bool:
        """False when off, or after power was cut at a flash operation."""
        return self._interpreter is not None

    @property
    def led(self) -> bool:
        """True while the LED is lit."""
        return self.board.levels.get(boards.LED_PIN, 0) == 1

    def power_on(self) -> None:
        """Plug the board in."""
        with self._lock:
            if self._interpreter is None:
                self._start()

    def power_off(self) -> None:
        """Pull the plug: nothing is flushed, the radio falls silent, the date is lost."""
        with self._lock:
            self._end()
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
                self.radio.off()
                self.board.hard_reset(cause)
                self._terminal.in_raw_repl = False
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
        self._terminal.starts()
        self._terminal.say(_BOOT_LINES[self.board.reset_cause])
        self._running = self._interrupt_wanted = False
        self.board.starts()
        self._interpreter = Interpreter(self.flash, self.board.clock_file, self.heap_bytes)
        self.lives += 1
        self._wake()

    def _end(self) -> None:
        if self._interpreter is not None:
            self._terminal.printed(self._interpreter)
            self._interpreter.kill()
            self._interpreter = None
            self.radio.ports.ways.clear()
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"!")

    def _supervise(self) -> None:
        while self._open:
            ready = self._wait()
            with self._lock:
                for serve in ready:
                    serve()
                self._look_after()

    def _wait(self) -> list[Callable[[], None]]:
        with self._lock, selectors.DefaultSelector() as selector:
            for fd, serve in self._sources():
                selector.register(fd, selectors.EVENT_READ, serve)
            self._lock.release()
            try:
                return [key.data for key, _ in selector.select(_TICK_S)]
            finally:
                self._lock.acquire()

    def _sources(self) -> Iterator[tuple[int, Callable[[], None]]]:
        yield self._wake_read, lambda: os.read(self._wake_read, 64) and None
        if self._interpreter is None:
            return
        interpreter = self._interpreter
        yield interpreter.wire.fileno(), lambda: self._answer(interpreter)
        yield interpreter.tty, lambda: self._carry_output(interpreter)
        if self._running:
            yield self._terminal.fd, lambda: self._carry_input(interpreter)

    def _carry_output(self, interpreter: Interpreter) -> None:
        if interpreter is self._interpreter:
            self._terminal.printed(interpreter)

    def _carry_input(self, interpreter: Interpreter) -> None:
        if interpreter is self._interpreter:
            self._terminal.typed(interpreter, self._running, self._want_interrupt)

    def _want_interrupt(self) -> None:
        self._interrupt_wanted = True

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
            return
        if self._interrupt_wanted:
            self._interrupt_wanted = False
            if self._interpreter.takes_interrupts():
                self._interpreter.interrupt()
        self.radio.refresh(self.board.now_ms())
        self.watchdog_bit()
