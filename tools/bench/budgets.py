"""What the product allows itself: for each figure the bound it has to keep and the aim it is on its way to.

Counts are held by tests as well, times and ratios are reported alone: a busy machine must not make a test fail.
"""

from __future__ import annotations

from dataclasses import dataclass

KB = 1024


@dataclass(frozen=True)
class Budget:
    """One figure's limits, less being better; `unit` is for people.

    What is over its bound has a `ceiling` as well, so that it grows no further.
    """

    unit: str
    bound: float
    aim: float
    ceiling: float | None = None

    def verdict(self, value: float) -> str:
        """What to say of a value."""
        if value <= self.aim:
            return "aim held"
        return "held" if value <= self.bound else "NOT held"


BUDGETS = {
    "our .mpy": Budget("bytes", 48 * KB, 32 * KB, ceiling=65 * KB),
    "all .mpy": Budget("bytes", 72 * KB, 52 * KB),
    "heap, linked, steady": Budget("bytes", 48 * KB, 32 * KB, ceiling=110 * KB),
    "heap that the whole set-up needs": Budget("bytes", 192 * KB, 128 * KB),
    "link calls in a wait of 24 h": Budget("calls", 200, 120),
    "records saved per link": Budget("records", 4, 2),
    "records saved per retry": Budget("records", 0, 0),
    "records saved per steady day": Budget("records", 0, 0),
    "reset to first link call, over the bare script": Budget("ratio", 1.15, 1.05),
    "claim noticed, app within 2 min": Budget("s, median", 3.0, 2.5),
    "million devices after an outage": Budget("peak over mean", 2.0, 1.5),
    "errors of a fleet": Budget("calls", 0, 0),
}
