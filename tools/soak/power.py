"""Power cuts at every flash operation of every transition, as `tests/life/cuts.py` names them.

It asks and gathers; what a cut is and what must hold after it is written there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools import build
from tools.soak.bench import Bench

TRANSITIONS = (
    "first boot",
    "set up through the page",
    "files written by hand",
    "linked",
    "linked, the app late",
    "another network",
    "expired",
    "boots linked",
    "forgotten by the button",
    "soft reset",
    "a bit flips",
)


@dataclass(frozen=True)
class Cuts:
    """What one transition came to: its flash operations, the cuts made in it, and what went wrong after one."""

    transition: str
    points: int
    cuts: int
    faults: list[str]


def cut(transition: str, changes: Sequence[build.Change] = ()) -> Cuts:
    """Cut the power everywhere in one transition, in each way: dropped, half done, torn."""
    with Bench(changes) as bench:
        return Cuts(**bench.ask("cuts", transition=transition))
