"""Power cuts at every flash operation of every transition, as `tests/life/cuts.py` names them.

It asks and gathers; what a cut is and what must hold after it is written there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tools import build
from tools.soak import seeds
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
    "the identity is damaged",
    "a newer firmware's records",
)
# What a transition needs to be seen: a day that is over soon, and a firmware whose records are of another schema.
_FIRMWARE: dict[str, Sequence[build.Change]] = {
    "expired": [("firmware/core/link.py", "WINDOW_MS = 86_400_000", "WINDOW_MS = 600_000")],
    "a newer firmware's records": [
        (
            "firmware/services/records.py",
            'store.Record(f"/{name}.json")',
            'store.Record(f"/{name}.json", [lambda old: {"ssid": old["name"], "key": old["key"]}] * (name == "wifi"))',
        )
    ],
}


@dataclass(frozen=True)
class Cuts:
    """What one transition came to: its flash operations, the cuts made in it, and what went wrong after one."""

    transition: str
    points: int
    cuts: int
    faults: list[str]


def cut(transition: str, changes: Sequence[build.Change] = ()) -> Cuts:
    """Cut the power everywhere in one transition, in each way: dropped, half done, torn."""
    with Bench([*seeds.FEWER_WAKES, *_FIRMWARE.get(transition, ()), *changes]) as bench:
        return Cuts(**bench.ask("cuts", transition=transition))
