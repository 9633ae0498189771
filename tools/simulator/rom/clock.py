"""The simulated chip's two clocks: ticks since the desk was switched on, and the settable date.

It holds the numbers; `time`, `machine.RTC` and the wire read them here. Skipped idle time counts as passed.
"""

import utime

EPOCH_2000_S = 946684800
_TICKS_PERIOD = 1 << 30

skipped_ms = 0
_date_offset_ms = 0


def start(status):
    """Take over the clocks from `status`, the supervisor's account of the last life."""
    global skipped_ms, _date_offset_ms
    skipped_ms = status["skipped_ms"]
    _date_offset_ms = status["date_offset_ms"]


def now_ms():
    """Milliseconds that never wrap and never go back, over resets too."""
    return utime.ticks_ms() + skipped_ms


def ticks_ms():
    """As the chip counts: wraps after 2**30 ms (12.4 days)."""
    return now_ms() & (_TICKS_PERIOD - 1)


def ticks_add(ticks, delta):
    return (ticks + delta) & (_TICKS_PERIOD - 1)


def ticks_diff(end, start):
    half = _TICKS_PERIOD >> 1
    return ((end - start + half) & (_TICKS_PERIOD - 1)) - half


def skip(ms):
    """Let `ms` of idle time pass at once."""
    global skipped_ms
    skipped_ms += int(ms)


def date_ms():
    """Milliseconds since 2000-01-01, the epoch of this chip."""
    return now_ms() + _date_offset_ms


def set_date_ms(ms):
    """Set the date; returns the offset for the supervisor, which keeps it over resets."""
    global _date_offset_ms
    _date_offset_ms = ms - now_ms()
    return _date_offset_ms
