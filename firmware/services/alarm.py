"""A sleep that another task can cut short, so that nobody has to look again and again."""

import asyncio


class Alarm:
    """One sleeper at a time. An alarm that rings while nobody sleeps cuts the next sleep short."""

    def __init__(self):
        self._rung = asyncio.Event()

    def ring(self):
        """Wake the sleeper."""
        self._rung.set()

    async def wait(self):
        """Sleep until it rings."""
        await self._rung.wait()
        self._rung.clear()

    async def sleep_ms(self, ms):
        """Sleep for `ms`, or until it rings."""
        try:
            await asyncio.wait_for_ms(self.wait(), ms)
        except asyncio.TimeoutError:
            pass
