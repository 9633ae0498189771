"""Virtual time: the board's clock, what the world does and when, and what ends a life.

It does not know the world. The stand-ins of `tools/simulator/rom` read their time here, as they do from the real one.
"""

import heapq

EPOCH_2000_S = 946684800
FOREVER = 1 << 60
_TICKS_PERIOD = 1 << 30
_HALF = _TICKS_PERIOD >> 1
# Later than whatever the desk's own clock says, for asyncio asks that one (in C) when a task is to run at once.
START_MS = 1 << 42


class Ending(BaseException):
    """The life of the firmware ends here. It is no Exception, so nobody in the firmware catches it."""


_now_ms = 0
_date_offset_ms = 0
_due_ms = FOREVER  # nothing happens before
_count = 0
_events = []
_watchdog = None  # ms when it bites, what it does
ending = None  # once set, every call into the chip raises it
stirred = False  # something may have become readable


def restart(now_ms=START_MS):
    """A new world: nothing is to come."""
    global _now_ms, _due_ms, _events, _watchdog, ending, stirred, _date_offset_ms
    _now_ms, _due_ms, _events, _watchdog, ending, stirred = now_ms, FOREVER, [], None, None, False
    _date_offset_ms = -now_ms


def now_ms():
    """Milliseconds that never wrap and never go back, over resets too."""
    return _now_ms


def ticks_ms():
    """As the chip counts: wraps after 2**30 ms (12.4 days)."""
    return _now_ms & (_TICKS_PERIOD - 1)


def ticks_add(ticks, delta):
    return (ticks + delta) & (_TICKS_PERIOD - 1)


def ticks_diff(end, start):
    return ((end - start + _HALF) & (_TICKS_PERIOD - 1)) - _HALF


def date_ms():
    """Milliseconds since 2000-01-01, the epoch of the chip."""
    return _now_ms + _date_offset_ms


def set_date_ms(ms):
    """Set the date, which is lost with the power."""
    global _date_offset_ms
    _date_offset_ms = ms - _now_ms
    return _date_offset_ms


def at(ms, action):
    """Have `action()` done at `ms`."""
    global _count, _due_ms
    _count += 1
    heapq.heappush(_events, (ms, _count, action))
    _due_ms = min(_due_ms, ms)


def after(ms, action):
    """Have `action()` done in `ms`."""
    at(_now_ms + ms, action)


def play(steps):
    """Let a generator run that yields how many ms it waits before its next step."""

    def step():
        for ms in steps:
            after(ms, step)
            return

    after(0, step)


def watch(ms, bite):
    """Have `bite()` done at `ms` unless this is called again before; None takes the watch away."""
    global _watchdog, _due_ms
    _watchdog = None if ms is None else (ms, bite)
    if ms is not None and ms < _due_ms:
        _due_ms = ms


def stir():
    """Something may have become readable: whoever waits for that looks again."""
    global stirred
    stirred = True


def skip(ms):
    """Let `ms` pass, whatever happens meanwhile. Raises an Ending when the life ends in it."""
    _pass_until(_now_ms + int(ms), False)


def wait(ms):
    """Let `ms` pass (for ever when negative), but return as soon as something stirs."""
    _pass_until(FOREVER if ms < 0 else _now_ms + ms, True)


def _pass_until(end_ms, may_stir):
    global _now_ms
    while _due_ms <= end_ms:
        _happen()
        if ending is not None:
            raise ending
        if may_stir and stirred:
            return
    if end_ms > _now_ms:
        _now_ms = end_ms


def _happen():
    """Do the one thing that is due next, if any."""
    global _now_ms, _due_ms
    first_ms = _events[0][0] if _events else FOREVER
    if _watchdog is not None and _watchdog[0] <= first_ms:
        if _watchdog[0] <= _due_ms:
            _now_ms = max(_now_ms, _watchdog[0])
            _watchdog[1]()
        _due_ms = FOREVER if _watchdog is None else min(first_ms, _watchdog[0])
        return
    if first_ms <= _due_ms:
        _now_ms = max(_now_ms, first_ms)
        heapq.heappop(_events)[2]()
    first_ms = _events[0][0] if _events else FOREVER
    _due_ms = first_ms if _watchdog is None else min(first_ms, _watchdog[0])
