"""Keeps the jobs alive: one that dies is started again, one that hangs starves the watchdog, a lost cause ends the life.

When a cause is lost is decided in `core.lives`; what follows from it is `app`'s business.
"""

import asyncio

import console

from firmware.core import lives
from firmware.services.pulse import Pulse

_LOOK_MS = 30_000
# Far longer than a job may sleep or block.
_STILL_MS = 240_000


class LostCause(Exception):
    """A job has died again and again; the argument says which, and of what."""


class Supervisor:
    """`feed` feeds the watchdog; `settled` and `suspects(why)` are told how this life goes."""

    def __init__(self, uptime_ms, feed, settled, suspects):
        self._uptime_ms = uptime_ms
        self._feed = feed
        self._settled = settled
        self._suspects = suspects
        self._jobs = []
        self._made = {}
        self._pulses = {}  # those of the jobs that run
        self._suspect = None
        self._calm_ms = 0  # since when no job was down

    def pulse(self, name):
        """Return the pulse for the job `name`, watched once that is added."""
        self._made[name] = Pulse(self._uptime_ms)
        return self._made[name]

    def add(self, name, job, *details):
        """Have `job(*details)` run; its pulse is the one made for `name`."""
        self._pulses[name] = self._made[name]
        self._jobs.append(self._forever(name, job, details))

    async def run(self):
        """Run every job. Never returns. Raises LostCause."""
        asyncio.get_event_loop().set_exception_handler(_unforeseen)
        await asyncio.gather(self._watch(), *self._jobs)

    async def _forever(self, name, job, details):
        deaths = 0
        while True:
            began_ms = self._uptime_ms()
            try:
                await job(*details)
                return self._pulses.pop(name)
            except Exception as error:
                why = phrase(error)
            deaths = 1 if self._uptime_ms() - began_ms > lives.JOB_LIVED_MS else deaths + 1
            if deaths > lives.MAX_JOB_DEATHS:
                raise LostCause(f"{name}: {why}")
            pause_ms = lives.job_pause_ms(deaths)
            self._calm_ms = self._uptime_ms() + pause_ms
            console.Log(name).error(f"stopped by {why}; again in {pause_ms // 1000} s")
            await self._pulses[name].sleep_ms(pause_ms)  # it must not count as hanging while it is down

    async def _watch(self):
        self._calm_ms, is_settled = self._uptime_ms(), False
        while True:
            self._look()
            await asyncio.sleep_ms(_LOOK_MS)
            if not is_settled and self._uptime_ms() - self._calm_ms >= lives.SETTLED_MS:
                is_settled = True
                self._settled()

    def _look(self):
        """Feed the dog, unless a job hangs: then the dog has the last word."""
        for name, pulse in self._pulses.items():
            if pulse.still_ms() > _STILL_MS:
                if self._suspect != name:
                    self._suspect = name
                    console.Log(name).error("hangs; the watchdog is not fed any more")
                    self._suspects(f"{name} hung")
                return
        self._suspect = None
        self._feed()


def phrase(error):
    """Return an error nobody foresaw in words, for the log."""
    return f"{type(error).__name__}: {error}"


def _unforeseen(_loop, context):
    # A task that nobody waits for has died; without this its traceback would go to the console unmasked.
    console.Log("task").error(f"stopped by {phrase(context['exception'])}")
