"""Many seeded lives in two processes, counted; and one seed again with its story.

What a life is and what it must keep to is `tests/life/soak`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from tools import build
from tools.soak.bench import Bench

# What wakes the firmware most often does so for an LED that nobody sees here, and ten times a second while the radio joins.
FEWER_WAKES: tuple[build.Change, ...] = (
    ("firmware/services/panel.py", "await self._light_pulse.sleep_ms(ms)", "await self._light_pulse.sleep_ms(ms * 30)"),
    ("firmware/services/radio.py", "_POLL_MS = 100", "_POLL_MS = 2_000"),
    ("firmware/services/radio.py", "_WATCH_MS = 2_000\n", "_WATCH_MS = 10_000\n"),
    ("firmware/services/radio.py", "_JOINED_WATCH_MS = 10_000", "_JOINED_WATCH_MS = 60_000"),
    ("firmware/services/pulse.py", "_BEAT_MS = 60_000", "_BEAT_MS = 200_000"),
)
_WORKERS = 2
_LIVES_A_PROCESS = 12


@dataclass
class Tally:
    """What all lives came to."""

    seeds: int = 0
    days: float = 0
    lives: int = 0
    calls: int = 0
    power_cuts: int = 0
    wall_s: float = 0
    broken: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, life: dict[str, Any]) -> None:
        """Count one seed."""
        self.seeds += 1
        for name in ("days", "lives", "calls", "power_cuts"):
            setattr(self, name, getattr(self, name) + life[name])
        self.broken += [(life["seed"], rule, text) for rule, text in life["violations"]]

    def __str__(self) -> str:
        return (
            f"{self.days:,.0f} device-days in {self.wall_s:,.0f} s: {self.seeds:,} seeds, {self.lives:,} lives, "
            f"{self.calls:,} link calls, {self.power_cuts:,} power cuts, {len(self.broken)} violations"
        )


def lives(seeds: Iterable[int], days: float, changes: Sequence[build.Change] = ()) -> Iterator[dict[str, Any]]:
    """Play each seed for so many days, two at a time; yields each life as it ends."""
    queue: SimpleQueue[int] = SimpleQueue()
    for seed in seeds:
        queue.put(seed)
    done: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    with ThreadPoolExecutor(_WORKERS) as pool:
        workers = [pool.submit(_work, queue, done, days, changes) for _ in range(_WORKERS)]
        left = _WORKERS
        while left:
            life = done.get()
            if life is None:
                left -= 1
            else:
                yield life
        for worker in workers:
            worker.result()


def tallied(found: Iterable[dict[str, Any]]) -> Tally:
    """Count lives as they come."""
    tally, began_s = Tally(), time.monotonic()
    for life in found:
        tally.add(life)
    tally.wall_s = time.monotonic() - began_s
    return tally


def told(seed: int, days: float, changes: Sequence[build.Change] = ()) -> dict[str, Any]:
    """Play one seed again, with its story."""
    with Bench(changes) as bench:
        return bench.ask("soak", seed=seed, days=days, story=True)


def _work(
    queue: SimpleQueue[int], done: SimpleQueue[dict[str, Any] | None], days: float, changes: Sequence[build.Change]
) -> None:
    try:
        while not queue.empty():
            with Bench(changes) as bench:
                for _ in range(_LIVES_A_PROCESS):
                    done.put(bench.ask("soak", seed=queue.get_nowait(), days=days))
    except Empty:
        pass
    finally:
        done.put(None)
