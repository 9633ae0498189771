"""A crowd of devices and a platform, second by second, in arrays: who calls when, and who gets through.

A call takes no time here, and a device that is through does not call again. When to try again is a `schedules.Schedule`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tools.bench.schedules import Schedule

MILLION = 1_000_000
_SAMPLE = 10  # a greedy schedule is simulated with every tenth device
_NEVER = np.inf


@dataclass(frozen=True)
class Scenario:
    """What happens to the crowd. Times are ms from the beginning.

    `first_ms(rng, devices)` says when each device calls first. Calls before `well_ms` fail, with `retry_after_ms` if that
    is set; later ones are served, at most `capacity` a second for a million devices (None: all), the others get a 503.
    """

    name: str
    first_ms: Callable[[np.random.Generator, int], Any]
    well_ms: int
    horizon_s: int
    retry_after_ms: int | None = None
    capacity: int | None = None


@dataclass(frozen=True)
class Course:
    """What came of it: `calls` a second, scaled to a million devices, and when each device was `through_ms`, in order."""

    scenario: Scenario
    schedule: Schedule
    devices: int
    calls: Any
    through_ms: Any

    @property
    def recovered_s(self) -> float | None:
        """Seconds from the recovery until 99 % are through; None when they are not within the horizon."""
        needed = -(-self.devices * 99 // 100)
        if len(self.through_ms) < needed:
            return None
        return (float(self.through_ms[needed - 1]) - self.scenario.well_ms) / 1000

    @property
    def recovery(self) -> Any:
        """Calls a second while the crowd comes back."""
        begin = self.scenario.well_ms // 1000
        took_s = self.recovered_s
        return self.calls[begin:] if took_s is None else self.calls[begin : begin + int(took_s) + 1]

    @property
    def peak(self) -> float:
        """The most calls in one second of the recovery."""
        return float(self.recovery.max())

    @property
    def peak_over_mean(self) -> float:
        """How uneven the recovery is; 1 is even."""
        return self.peak / float(self.recovery.mean())

    @property
    def calls_each(self) -> float:
        """Calls per device in all."""
        return float(self.calls.sum()) / MILLION


def run(
    scenario: Scenario,
    schedule: Schedule,
    devices: int = MILLION,
    seed: int = 1,
    watch: Callable[[Any, Any, Any], None] | None = None,
) -> Course:
    """Simulate. `watch(ids, due_ms, rand)` is told of each batch that failed and the random numbers it got."""
    devices = devices // _SAMPLE if schedule.is_greedy and devices == MILLION else devices
    rng = np.random.default_rng(seed)
    crowd = _Crowd(scenario, schedule, devices, rng, watch)
    calls = np.zeros(scenario.horizon_s)
    for second in range(scenario.horizon_s):
        calls[second] = crowd.live_through(second)
        if not crowd.waiting:
            break
    return Course(scenario, schedule, devices, calls * (MILLION / devices), np.sort(crowd.through_ms))


class _Crowd:
    """The devices that are not through, one place in each array a device."""

    def __init__(self, scenario: Scenario, schedule: Schedule, devices: int, rng: Any, watch: Any) -> None:
        self._scenario, self._schedule, self._rng, self._watch = scenario, schedule, rng, watch
        self._due_ms = scenario.first_ms(rng, devices).astype(float)
        self._failures = np.zeros(devices, dtype=np.int64)
        self._last_ms = np.zeros(devices)
        self._ids = np.arange(devices)
        self._batches: list[Any] = []
        self._room_each = None if scenario.capacity is None else scenario.capacity * devices // MILLION
        self.waiting = devices

    @property
    def through_ms(self) -> Any:
        """When each device got through that did."""
        return np.concatenate([np.zeros(0), *self._batches])

    def live_through(self, second: int) -> int:
        """Let all calls of one second happen; returns their number."""
        end_ms, calls, room = (second + 1) * 1000, 0, self._room_each
        due = np.flatnonzero(self._due_ms < end_ms)
        while len(due):
            calls += len(due)
            served, failed = self._answer(due, room)
            room = None if room is None else room - len(served)
            self._batches.append(self._due_ms[served])
            self._due_ms[served] = _NEVER
            self.waiting -= len(served)
            self._fail(failed)
            due = failed[self._due_ms[failed] < end_ms]
        self._forget()
        return calls

    def _answer(self, due: Any, room: int | None) -> tuple[Any, Any]:
        """Who of those that call is served, and who is not; the first that come are served first."""
        is_well = self._due_ms[due] >= self._scenario.well_ms
        served, failed = due[is_well], due[~is_well]
        if room is None or len(served) <= room:
            return served, failed
        served = served[np.argsort(self._due_ms[served], kind="stable")]
        return served[:room], np.concatenate([failed, served[room:]])

    def _fail(self, failed: Any) -> None:
        due_ms, rand = self._due_ms[failed], self._rng.random(len(failed))
        if self._watch is not None:
            self._watch(self._ids[failed], due_ms, rand)
        is_ill = due_ms < self._scenario.well_ms
        for those, asked_ms in ((is_ill, self._scenario.retry_after_ms), (~is_ill, None)):
            who = failed[those]
            waits_ms = self._schedule.waits_ms(self._failures[who], self._last_ms[who], asked_ms, rand[those])
            self._last_ms[who] = waits_ms
            self._due_ms[who] += waits_ms
        self._failures[failed] += 1

    def _forget(self) -> None:
        """Make the arrays shorter once half of their devices are through."""
        if self.waiting * 2 < len(self._due_ms):
            kept = self._due_ms < _NEVER
            self._due_ms, self._failures = self._due_ms[kept], self._failures[kept]
            self._last_ms, self._ids = self._last_ms[kept], self._ids[kept]
