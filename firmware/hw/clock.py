"""The clocks: ms since boot that never wrap, and the date, which NTP or the build sets.

It asks one server once; whom to ask and how often is `services.timekeeper`.
"""

import time

import machine
import ntptime

_EPOCH_2000_S = 946_684_800
# Seconds from 1970 to this port's epoch: 2000 on the ESP32, 1970 elsewhere.
_PORT_EPOCH_S = _EPOCH_2000_S if time.gmtime(0)[0] == 2000 else 0


class Clock:
    """`floor_s`, Unix seconds, is a moment that has surely passed: no date before it is believed."""

    def __init__(self, floor_s):
        self.floor_s = floor_s
        self._last_ticks = time.ticks_ms()
        self._uptime_ms = 0

    def uptime_ms(self):
        """Return ms since boot. Ticks wrap after 12 days, so this wants to be asked every few days."""
        ticks = time.ticks_ms()
        self._uptime_ms += time.ticks_diff(ticks, self._last_ticks)
        self._last_ticks = ticks
        return self._uptime_ms

    def now_s(self):
        """Return the date in Unix seconds, believable or not."""
        return time.time() + _PORT_EPOCH_S

    def is_set(self):
        """Tell whether the date can be right."""
        return self.now_s() >= self.floor_s

    def text(self):
        """Return the date for people, in UTC."""
        return "%04d-%02d-%02d %02d:%02d:%02d UTC" % time.gmtime()[:6]

    def set_to_floor(self):
        """Set the date to the earliest one possible."""
        self._set(self.floor_s)

    def ask(self, host):
        """Set the date from the NTP server `host`; blocks for a second or two.

        Raises OSError when no answer comes, ValueError when the answer lies before the floor.
        """
        ntptime.host = host
        ntptime.timeout = 1
        date_s = ntptime.time() + _PORT_EPOCH_S
        if date_s < self.floor_s:
            raise ValueError("its date has passed already")
        self._set(date_s)

    def _set(self, date_s):
        year, month, day, hour, minute, second, weekday, _ = time.gmtime(date_s - _PORT_EPOCH_S)[:8]
        machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))
