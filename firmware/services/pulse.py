"""A job's pulse: how it waits, so that others can cut the wait short and the supervisor sees that it lives.

It decides nothing; whoever watches says how long a pulse may be still.
"""

import asyncio

_BEAT_MS = 60_000


class Pulse:
    """One job's. A job that sleeps only through its pulse beats at least once a minute for as long as it lives."""

    def __init__(self, uptime_ms):
        self._uptime_ms = uptime_ms
        self._is_rung = False
        self._sleeper = None
        self.beat()

    def beat(self):
        """The job is alive."""
        self._beat_ms = self._uptime_ms()

    def still_ms(self):
        """Return how long it has not beaten."""
        return self._uptime_ms() - self._beat_ms

    def ring(self):
        """Cut the job's sleep short or, if it does not sleep, the next one."""
        self._is_rung = True
        if self._sleeper is not None:
            self._sleeper.cancel()
            self._sleeper = None

    async def wait(self, event=None):
        """Sleep until `event` is set or, without one, until it rings."""
        if event is not None:
            return await self._until(event)
        while not self._is_rung:
            await self._doze(_BEAT_MS)
        self._is_rung = False

    async def sleep_ms(self, ms):
        """Sleep for `ms`, or until it rings."""
        end_ms = self._uptime_ms() + ms
        while (left_ms := end_ms - self._uptime_ms()) > 0 and not self._is_rung:
            await self._doze(min(left_ms, _BEAT_MS))
        self._is_rung = False

    async def _doze(self, ms):
        # A cancelled sleep costs one turn of the loop, a `wait_for_ms` five and a task.
        self._sleeper = asyncio.current_task()
        try:
            await asyncio.sleep_ms(ms)
        except asyncio.CancelledError:
            if not self._is_rung:
                raise  # somebody ends the job itself
        finally:
            self._sleeper = None
            self.beat()

    async def _until(self, event):
        while True:
            try:
                return await asyncio.wait_for_ms(event.wait(), _BEAT_MS)
            except asyncio.TimeoutError:
                pass
            finally:
                self.beat()
