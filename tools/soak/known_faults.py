"""Faults put into the firmware on purpose, each of which the soak has to find: what to change, and by which rule it falls.

Each seed is the first that finds it, from 1 on, within five days.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.build import Change


@dataclass(frozen=True)
class KnownFault:
    """One line of the firmware changed; `rule` of `tests/life/rules.py` is broken in the life of `seed`."""

    rule: str
    seed: int
    change: Change


FAULTS = (
    KnownFault(
        "StaysAlive", 5, ("firmware/core/schedule.py", "BACKOFF_CAP_MS = 300_000", "BACKOFF_CAP_MS = 300_000_000")
    ),
    KnownFault(
        "AccessPointIsDown", 1, ("firmware/core/opening.py", "_FAREWELL_MS = 60_000", "_FAREWELL_MS = 6_000_000")
    ),
    KnownFault(
        "KeepsSecrets",
        1,
        (
            "firmware/services/portal.py",
            "asked to join {networks.name(candidate.ssid)}",
            "asked to join {candidate.key}",
        ),
    ),
    KnownFault("KeepsSecrets", 5, ("firmware/life.py", "why = console.clean(why[", "why = str(why[")),
    KnownFault(
        "LinkIsTrue",
        6,
        ("firmware/core/answer.py", 'if message == "linked" and is_thing_id(thing_id)', 'if message == "linked"'),
    ),
    KnownFault("OneOwnerOfTheRadio", 2, ("firmware/services/radio.py", "if self._wifi.leave():", "if not self._wifi:")),
    KnownFault(
        "IdentityStays",
        2,
        (
            "firmware/services/records.py",
            'self._records["wifi"].remove()',
            'self._records["wifi"].remove() and self._records["identity"].remove()',
        ),
    ),
    KnownFault("KeepsTheSchedule", 9, ("firmware/core/schedule.py", "REFUSED_MS = 3_600_000", "REFUSED_MS = 36_000")),
    KnownFault("WatchdogSleeps", 1, ("firmware/services/supervisor.py", "_LOOK_MS = 30_000", "_LOOK_MS = 300_000")),
)
