"""A job's pulse: how it waits, so that others can cut the wait short and the supervisor sees that it lives.

It decides nothing; whoever watches says how long a pulse may be still.
"""

import asyncio

_BEAT_MS = 60_000
# A shorter sleep is not worth the task that cutting it short would take.
_SHORT_MS = 2_000


class Pulse:
    """One job's. A job that sleeps only through its pulse beats at least once a minute for as long as it lives."""

    def __init__(self, uptime_ms):
        self._uptime_ms = uptime_ms
        self._rung = asyncio.Event()
        self.beat()

    def beat(self):
        """The job is alive."""
        self._beat_ms = self._uptime_ms()

    def still_ms(self):
        """Return how long it has not beaten."""
        return self._uptime_ms() - self._beat_ms

    def ring(self):
        """Cut the job's sleep short or, if it does not sleep, the next one."""
        self._rung.set()

    async def wait(self, event=None):
        """Sleep until `event` is set or, without one, until it rings."""
        while not await self._within(event or self._rung, _BEAT_MS):
            pass
        if event is None:
            self._rung.clear()

    async def sleep_ms(self, ms):
        """Sleep for `ms`, or until it rings."""
        if ms <= _SHORT_MS and not self._rung.is_set():
            await asyncio.sleep_ms(ms)
            self.beat()
            return
        end_ms = self._uptime_ms() + ms
        while (left_ms := end_ms - self._uptime_ms()) > 0 and not self._rung.is_set():
            await self._within(self._rung, min(left_ms, _BEAT_MS))
        self._rung.clear()

    async def _within(self, event, ms):
        """Wait for `event`, `ms` at most; tells whether it came."""
        try:
            await asyncio.wait_for_ms(event.wait(), ms)
            return True
        except asyncio.TimeoutError:
            return False
        finally:
            self.beat()
