"""`python -m tools soak` and `outage`: what whole lives on virtual time come to, for people.

It prints; the lives are played by `seeds` and `bench`.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from tools.soak import seeds
from tools.soak.bench import Bench

# The outages of `tests/life/outage.py`.
OUTAGES = (
    "router off",
    "router has a new key, then the old one",
    "router gives no address",
    "internet line down",
    "name server dead",
    "clock service silent",
    "platform: 503",
    "platform: 429, Retry-After 3600",
    "platform: certificate of another host",
)
_RUNS = 2


def soak(
    count: Annotated[int, typer.Option("--seeds", help="how many lives")] = 200,
    days: Annotated[int, typer.Option(help="how long each is, in days of the board's time")] = 50,
    first: Annotated[int, typer.Option(help="the first seed")] = 1,
    seed: Annotated[int | None, typer.Option(help="play this one alone, and tell its story")] = None,
    fewer_wakes: Annotated[bool, typer.Option(help="wake less often for the LED and to look at the radio")] = True,
) -> None:
    """Let scales live through days of trouble on virtual time. Example: python -m tools soak --seeds 100"""
    changes = seeds.FEWER_WAKES if fewer_wakes else ()
    if seed is not None:
        raise typer.Exit(1 if _tell(seeds.told(seed, days, changes)) else 0)
    tally = seeds.tallied(_shown(seeds.lives(range(first, first + count), days, changes)))
    for number, rule, text in tally.broken:
        print(f"seed {number} breaks {rule}: {text}")
    if tally.broken:
        _tell(seeds.told(tally.broken[0][0], days, changes))
    print(tally)
    raise typer.Exit(1 if tally.broken else 0)


def outage() -> None:
    """Show how long a scale takes to recover from a day without each part of the world. Example: python -m tools outage"""
    table = Table("a day of", "new scale linked after, s", "linked scale in its network after, s")
    with Bench(seeds.FEWER_WAKES[:1]) as bench:  # the LED alone: how often the radio is looked at counts here
        for name in OUTAGES:
            runs = [bench.ask("outage", outage=name, seed=seed) for seed in range(1, _RUNS + 1)]
            table.add_row(name, *(_span(runs, key) for key in ("to_linked_ms", "to_joined_ms")))
    Console(width=120).print(table)


def _span(runs: list[dict[str, Any]], key: str) -> str:
    found = [run[key] for run in runs]
    if None in found:
        return "over 2 h"
    return f"{min(found) / 1000:.0f} to {max(found) / 1000:.0f}"


def _shown(lives: Any) -> Any:
    """Pass lives on, and show every fiftieth that it goes on."""
    days = 0.0
    for number, life in enumerate(lives, 1):
        days += life["days"]
        if number % 50 == 0:
            print(f"  {days:,.0f} device-days", flush=True)
        yield life


def _tell(life: dict[str, Any]) -> bool:
    """Print a story; tells whether it ends badly."""
    print("\n".join(life["story"]))
    print(f"seed {life['seed']}: {life['days']:.1f} days, {life['lives']} lives, transcript {life['transcript'][:16]}")
    return bool(life["violations"])
