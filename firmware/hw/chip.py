"""The chip as a whole: how it came to life, how to start it anew, what it remembers over that, and its watchdog.

What any of it means is decided in `core.lives`.
"""

import time

import machine

from firmware.core import lives

# Long enough for an engineer at the REPL. The dog cannot be stopped, but on this port it can be told anew (esp32, WDT).
_PARKED_MS = 86_400_000


def reset():
    """Start over as after power-on, but for the date and the RTC memory. Does not return."""
    machine.reset()


def rest_ms(ms):
    """Do nothing at all for `ms`; Ctrl-C gets through."""
    time.sleep_ms(ms)


def cause():
    """Return why the chip came to life, a cause of `core.lives`. A brown-out looks like power-on, a panic like a reset."""
    causes = {
        machine.PWRON_RESET: lives.POWER_ON,
        machine.WDT_RESET: lives.WATCHDOG,
        machine.SOFT_RESET: lives.SOFT,
    }
    return causes.get(machine.reset_cause(), lives.HARD)


def memory():
    """Return the bytes kept since the last `remember`, over any reset but the loss of power."""
    return machine.RTC().memory()


def remember(data):
    """Keep `data`, at most 2048 bytes, over the next reset."""
    machine.RTC().memory(data)


class Watchdog:
    """Resets the chip when it was not fed for the time `start` was given. A soft reset does not stop it."""

    def __init__(self):
        self._dog = None

    def start(self, timeout_ms):
        """Begin to watch."""
        self._dog = machine.WDT(timeout=timeout_ms)

    def feed(self):
        """All is well."""
        if self._dog:
            self._dog.feed()

    def park(self):
        """Leave the engineer at the REPL in peace, for a day."""
        if self._dog or cause() == lives.SOFT:  # then that of the life before may still be watching
            self._dog = machine.WDT(timeout=_PARKED_MS)
