"""Sets the clock before TLS needs it: several NTP servers, again and again, and the build's date as a last resort.

It never fails for good and holds nobody up for longer than `_PATIENCE_MS`.
"""

import asyncio

import console
import failure

_PATIENCE_MS = 60_000
_PAUSE_MS = 5_000
# Once the date stems from the build it can be months late: worth asking again, not worth hurrying.
_LATER_MS = 300_000


class Timekeeper:
    """`clock` is a `hw.clock.Clock`; `ready` is an event, set while the date may be used to judge certificates.

    `is_silent` tells that no server answered when last asked. `pulse` is the `services.pulse.Pulse` of `keep_time`.
    """

    def __init__(self, clock, hosts, joined, pulse):
        self.ready = asyncio.Event()
        self.is_silent = False
        self._clock = clock
        self._hosts = hosts
        self._joined = joined
        self._pulse = pulse
        self._said = None
        self._log = console.Log("clock")

    def doubt(self):
        """A certificate's dates did not fit: ask for the time again."""
        self._pulse.ring()

    async def keep_time(self):
        """Set the clock now, and again when somebody doubts it. Never returns."""
        await self._pulse.wait(self._joined)
        began_ms = self._clock.uptime_ms()
        while not await self._ask_all():
            if not self.ready.is_set() and self._clock.uptime_ms() - began_ms >= _PATIENCE_MS:
                self._make_do()
            await self._pulse.sleep_ms(_LATER_MS if self.ready.is_set() else _PAUSE_MS)
            await self._pulse.wait(self._joined)
        while True:
            await self._pulse.wait()
            await self._pulse.wait(self._joined)
            await self._ask_all()

    async def _ask_all(self):
        troubles = []
        for host in self._hosts:
            try:
                self._clock.ask(host)
            except (OSError, ValueError) as error:
                troubles.append(f"{host}: {failure.phrase(error)}")
            else:
                self._log.info(f"{self._clock.text()}, says {host}")
                self.ready.set()
                self.is_silent, self._said = False, None
                return True
            self._pulse.beat()
            await asyncio.sleep_ms(0)
        self.is_silent = True
        self._say(", ".join(troubles))
        return False

    def _say(self, troubles):
        if troubles != self._said:  # said once, not every few minutes for as long as an outage lasts
            self._log.warn(troubles)
            self._said = troubles

    def _make_do(self):
        if not self._clock.is_set():
            self._clock.set_to_floor()
        self._log.warn(f"no time server answers; going on with {self._clock.text()}, the date of this firmware")
        self.ready.set()
