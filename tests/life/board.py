"""One board: what a chip keeps and answers, and one life after another of the firmware in its flash.

It knows nothing of the firmware. What ends a life is an Ending, which passes through whatever runs.
"""

import asyncio
import builtins
import gc
import random
import sys

import vfs
from life import clock, flash, wire
from life.loop import install
from life.shared import MODULES, Radio, Timing

PWRON, HARD, WATCHDOG, SOFT = 1, 2, 3, 5
BUTTON_PIN, LED_PIN = 0, 2
STA = 0
OFF = 0  # what a life ends with when the power goes: no cause to start again

_PATH = ["", ".frozen", "/lib"]
_HOLD_MS = 60_000
_print = print
_kept = None


class Board:
    """`air` is an `air.Ether`, `internet` the hosts behind it; `program` is what is remembered of its files, or None.

    `on_line` is called with each line of the console.
    """

    def __init__(self, factory, program, air, internet, on_line, torn_bits):
        self.mac = b"\x24\x0a\xc4\x00\x00\x01"
        self.program = program
        self.air = air
        self.internet = internet
        self.flash = flash.Flash(factory)
        self.flash.on_cut = self._cut_off
        self.radio = Radio(air, self.mac, Timing())
        self.on_line = on_line
        self.listeners = {}  # (port, kind) -> socket
        self.lives = 0
        self.began_ms = 0
        self.is_powered = False
        self.cause = PWRON
        self.struck = lambda error: None
        self._torn_bits = torn_bits
        self._device = None
        self._seen = None
        self._hostname = "mpy-esp32"
        self._lose_power()
        self.answers = {name[4:]: getattr(self, name) for name in dir(Board) if name.startswith("_on_")}

    # What the world does to it.

    def cut_power(self):
        """Pull the plug."""
        self._end(OFF)

    def cut_power_at(self, nth, way):
        """Pull the plug at the `nth` flash operation from now."""
        self.flash.cut_at(nth, way, self._torn_bits)

    def reset(self, cause):
        """Reset it from outside: HARD by the button or the USB converter, SOFT by Ctrl-D."""
        if self.is_powered:
            self._end(cause)

    def move_button(self, is_down):
        """Press the button or let go of it."""
        level = 0 if is_down else 1
        is_edge = level != self._levels.get(BUTTON_PIN, 1)
        self._levels[BUTTON_PIN] = level
        machine = MODULES["machine"]
        if self.is_powered and is_edge and BUTTON_PIN in machine._handlers:
            handler, trigger, pin = machine._handlers[BUTTON_PIN]
            if handler and trigger & (machine.Pin.IRQ_RISING if level else machine.Pin.IRQ_FALLING):
                handler(pin)
                clock.stir()

    def is_online(self):
        """Tell whether packets reach the internet."""
        return self.radio.online(clock.now_ms())

    def joined(self):
        """The network joined at the moment, or None."""
        return self.radio.station.network(clock.now_ms()) if self.is_powered else None

    # Its lives.

    def live(self):
        """Run one life, from power or reset to its end; returns OFF, or the cause it starts again with."""
        self._starts()
        try:
            if _run("/boot.py", "boot.py"):
                _run("/main.py", "main.py")
            self.on_line("REPL")
            while True:
                clock.wait(_HOLD_MS)
        except clock.Ending as ending:
            cause = ending.args[0]
        finally:
            self.is_powered = False
            self._device.detach()
            self._purge()
        if cause in (OFF, HARD, WATCHDOG):
            self.radio.off()
            self._levels.pop(LED_PIN, None)
            clock.watch(None, None)
        if cause == OFF:
            self._lose_power()
        self.cause = cause or PWRON
        return cause

    def _end(self, cause):
        clock.ending = clock.Ending(cause)

    def _cut_off(self):
        self._end(OFF)
        raise clock.ending

    def _bite(self):
        self._end(WATCHDOG)

    def _starts(self):
        global _kept
        clock.ending = None
        wire.board = self
        self.lives += 1
        self.is_powered = True
        self.began_ms = clock.now_ms()
        self._seen = None
        self.listeners = {}
        MODULES["machine"]._handlers.clear()
        install()
        sys.modules.update(MODULES)
        if _kept is None:
            _kept = set(sys.modules)
        self._device = flash.Device(self.flash)
        flash.mounted(self._device, self.program)
        sys.path[:] = _PATH
        builtins.print = self._print
        random.seed(clock.now_ms() & 0xFFFFFFFF ^ self.lives)
        gc.collect()

    def _purge(self):
        builtins.print = _print
        install()
        asyncio.new_event_loop()
        for name in list(sys.modules):
            if name not in _kept:
                module = sys.modules.pop(name)
                if not name.startswith("asyncio"):  # parts of which are the interpreter's
                    module.__dict__.clear()  # a stale pointer on its stack shall not hold the whole program
        vfs.umount("/")
        gc.threshold(-1)
        gc.collect()

    def _print(self, *values, sep=" ", end="\n"):
        self.on_line(sep.join(str(value) for value in values))

    def _lose_power(self):
        clock.set_date_ms(0)
        self._rtc_memory = b""
        self._levels = {BUTTON_PIN: self._levels.get(BUTTON_PIN, 1)} if hasattr(self, "_levels") else {}

    # What the chip's modules ask over the wire.

    def _on_tick(self):
        pass

    def _on_reset(self, cause):
        self._end(cause)
        raise clock.ending

    def _on_reset_cause(self):
        return self.cause

    def _on_unique_id(self):
        return self.mac.hex()

    def _on_pin_mode(self, pin, mode):
        if not 0 <= pin <= 39:
            raise ValueError("invalid pin")

    def _on_pin_read(self, pin):
        return self._levels.get(pin, 1 if pin == BUTTON_PIN else 0)

    def _on_pin_write(self, pin, level):
        self._levels[pin] = level

    def _on_pin_irq(self, pin):
        pass

    def _on_set_date(self, offset_ms):
        pass

    def _on_rtc_read(self):
        return self._rtc_memory.hex()

    def _on_rtc_write(self, hex):
        self._rtc_memory = bytes.fromhex(hex)

    def _on_watchdog(self, timeout_ms, now_ms):
        self._timeout_ms = timeout_ms
        clock.watch(now_ms + timeout_ms, self._bite)

    def _on_feed(self, now_ms):
        clock.watch(now_ms + self._timeout_ms, self._bite)

    def _on_hostname(self, name):
        if name is None:
            return self._hostname
        if len(name) > 32:
            raise ValueError("hostname too long")
        self._hostname = name

    def _on_country(self, code):
        return "XX"

    def _on_radio(self, action, interface, now_ms, **details):
        # The two that are asked all the time change nothing, so they need not go the long way.
        if interface == STA and action == "isconnected":
            return self._is_connected(now_ms)
        if interface == STA and action == "status" and details["param"] is None:
            return self.radio.station.status(now_ms)
        self._seen = None
        return self.radio.call(action, interface, now_ms, **details)

    def _is_connected(self, now_ms):
        if self._seen == self.air.changes:
            return True  # nothing has changed since it was, and the radio changes only by what it is told
        station = self.radio.station
        answer = station.has_address(now_ms)
        self._seen = self.air.changes if answer and station.network(now_ms).on else None
        return answer


def _run(path, name):
    """Run a file as the chip does; returns False when it raised."""
    with open(path) as file:
        source = file.read()
    try:
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
        return True
    except Exception as error:
        wire.board.on_line(f"Traceback: {type(error).__name__}: {error}")
        return False
