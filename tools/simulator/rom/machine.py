"""`machine` as the firmware may use it: pins for button and LED, resets, the date, memory over resets, watchdog."""

import clock
import wire

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

_RTC_MEMORY_BYTES = 2048


def reset():
    wire.ask("reset", cause=HARD_RESET)


def soft_reset():
    wire.ask("reset", cause=SOFT_RESET)


def reset_cause():
    return wire.ask("reset_cause")


def unique_id():
    return bytes.fromhex(wire.ask("unique_id"))


def freq(*args):
    return 160000000


def idle():
    pass


class Pin:
    """A GPIO. The supervisor holds its level, so the button and the LED outlive a reset as copper does."""

    IRQ_RISING = 1
    IRQ_FALLING = 2
    IN = 1
    OUT = 3
    OPEN_DRAIN = 7
    PULL_UP = 2
    PULL_DOWN = 1

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        self._id = id
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None):
        wire.ask("pin_mode", pin=self._id, mode=mode)
        if value is not None:
            self.value(value)

    def value(self, x=None):
        if x is None:
            return wire.ask("pin_read", pin=self._id)
        wire.tell("pin_write", 0, {"pin": self._id, "level": 1 if x else 0})

    __call__ = value

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING):
        _handlers[self._id] = (handler, trigger, self)
        wire.ask("pin_irq", pin=self._id)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


_handlers = {}


def _interrupts():
    """Called by the boot code between two steps of asyncio, where the chip runs its soft interrupts too."""
    for pin, level in wire.ask("edges"):
        handler, trigger, it = _handlers[pin]
        if handler and trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
            handler(it)


class RTC:
    """The date and 2048 bytes that survive any reset but not the loss of power."""

    def datetime(self, datetimetuple=None):
        import time

        if datetimetuple is None:
            year, month, day, hour, minute, second, weekday, _ = time.gmtime()
            return (year, month, day, weekday, hour, minute, second, 0)
        year, month, day, _, hour, minute, second = datetimetuple[:7]
        seconds = time.mktime((year, month, day, hour, minute, second, 0, 0))
        wire.ask("set_date", offset_ms=clock.set_date_ms(seconds * 1000))

    def memory(self, data=None):
        if data is None:
            return bytes.fromhex(wire.ask("rtc_read", max_bytes=2 * _RTC_MEMORY_BYTES + 64))
        if len(data) > _RTC_MEMORY_BYTES:
            raise ValueError("buffer too long")
        wire.ask("rtc_write", hex=bytes(data).hex())


class WDT:
    """The task watchdog: it cannot be stopped, a soft reset does not stop it, and it bites."""

    def __init__(self, id=0, timeout=5000):
        if id != 0:
            raise ValueError("WDT(%s) does not exist" % id)
        if timeout <= 0:
            raise ValueError("WDT timeout too short")
        wire.ask("watchdog", timeout_ms=timeout, now_ms=clock.now_ms())

    def feed(self):
        wire.ask("feed", now_ms=clock.now_ms())
