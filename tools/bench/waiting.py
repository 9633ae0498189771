"""How soon the scale notices that the app has claimed it, and what that costs in calls, for claims from 1 s to 24 h late.

The scale is the firmware's own `core.link`, on a clock that is moved; the fixed rules need no simulation.
"""

from __future__ import annotations

import bisect
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from firmware.core import answer as answers
from firmware.core.link import WINDOW_MS, Link
from tools.bench import plots
from tools.bench.report import Figure, Part, Rows

_SCALES = 400
_CLAIMS_EACH = 25
_FIXED_S = (1, 5, 60)
_DELAYS_S = (1, 3, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 23 * 3_600)
_WAITING = answers.Answer(answers.WAITING, "waiting for app")
_CLAIM_WITHIN_MS = 120_000
_SPREAD = 0.4


@dataclass(frozen=True)
class Noticed:
    """Over many scales, for one delay of the app: seconds until it was noticed, and calls up to then."""

    median_s: float
    p95_s: float
    last_s: float
    calls: float


def calls_ms(rand: Callable[[], float]) -> list[int]:
    """When one scale asks in a window of 24 h with nobody claiming it, ms after the first answer."""
    link, times = Link(rand), [0]
    link.answered(0, _WAITING)
    while (due_ms := link.due_ms(times[-1])) is not None:
        times.append(times[-1] + due_ms)
        link.answered(times[-1], _WAITING)
    return times


def fixed_calls_ms(interval_s: int) -> list[float]:
    """The same for a scale that asks at fixed intervals."""
    return [float(at_ms) for at_ms in range(0, WINDOW_MS + 1, interval_s * 1000)]


def noticed(scales: list[list[float]], claims_ms: list[float]) -> Noticed:
    """What became of it, `scales` being the times of the calls of each and `claims_ms` when each was claimed."""
    waits_s, calls = [], []
    for times, claim_ms in zip(scales, claims_ms, strict=True):
        nth = bisect.bisect_left(times, claim_ms)
        waits_s.append((times[nth] - claim_ms) / 1000)
        calls.append(nth + 1)
    ranks = statistics.quantiles(waits_s, n=20)
    return Noticed(statistics.median(waits_s), ranks[-1], max(waits_s), statistics.mean(calls))


def measure() -> Part:
    """Our schedule beside fixed ones."""
    dice = random.Random(1)
    ours: list[list[float]] = [list(map(float, calls_ms(dice.random))) for _ in range(_SCALES)]
    rules = {"ours": ours}
    for seconds in _FIXED_S:
        rules[f"every {seconds} s"] = [fixed_calls_ms(seconds)] * _SCALES
    found = {name: [_late(scales, delay_s, dice) for delay_s in _DELAYS_S] for name, scales in rules.items()}
    often = ours * _CLAIMS_EACH
    early = noticed(often, [dice.uniform(0, _CLAIM_WITHIN_MS) for _ in often])
    part = Part(
        "waiting",
        {"scales": _SCALES, "seed": 1, "delay": "as named, spread over +-40 %, within the 24 h"},
        [_table(found)],
    )
    part.figures = [
        Figure(
            "claim noticed, app within 2 min",
            round(early.median_s, 2),
            f"core.link, {len(often):,} claims spread evenly",
        ),
        Figure("link calls in a wait of 24 h", max(map(len, ours)), f"core.link, the most of {_SCALES} scales"),
    ]
    _plot(found)
    return part


def _late(scales: list[list[float]], delay_s: float, dice: random.Random) -> Noticed:
    # Spread, or the rhythm of the calls would decide.
    spread = min(_SPREAD, WINDOW_MS / 1000 / delay_s - 1)
    claims_ms = [delay_s * dice.uniform(1 - spread, 1 + spread) * 1000 for _ in scales]
    return noticed(scales, claims_ms)


def _table(found: dict[str, list[Noticed]]) -> Rows:
    columns = ["app after", *(f"{name}: {what}" for name in found for what in ("median s", "p95 s", "calls"))]
    rows = []
    for place, delay_s in enumerate(_DELAYS_S):
        row: list[object] = [_span(delay_s)]
        for all_of_rule in found.values():
            one = all_of_rule[place]
            row += [round(one.median_s, 1), round(one.p95_s, 1), round(one.calls)]
        rows.append(row)
    return Rows("How soon a claim is noticed", columns, rows)


def _span(seconds: float) -> str:
    if seconds >= 3_600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _plot(found: dict[str, list[Noticed]]) -> None:
    late = found["ours"][-1]
    title = (
        f"A claim in the first minutes is noticed in seconds, one hours later within {late.last_s / 60:.0f} minutes,\n"
        f"for {late.calls:.0f} calls in {_span(_DELAYS_S[-1])}; every 5 s would take {found['every 5 s'][-1].calls:,.0f}"
    )
    with plots.figure(
        "waiting", title, "the app claims the scale after", "seconds until noticed", "upper left"
    ) as axes:
        for name in ("ours", "every 60 s", "every 5 s"):
            row = found[name]
            label = f"{name}, median ({row[-1].calls:,.0f} calls)"
            axes.plot(_DELAYS_S, [one.median_s for one in row], **plots.style(name, label))
        thin = plots.style("ours", "ours, 95th percentile") | {"linewidth": 1, "linestyle": "--"}
        axes.plot(_DELAYS_S, [one.p95_s for one in found["ours"]], **thin)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks((1, 10, 60, 600, 3_600, 6 * 3_600), ("1 s", "10 s", "1 min", "10 min", "1 h", "6 h"))
        axes.set_yticks((1, 5, 30, 60, 300, 900), ("1", "5", "30", "60", "300", "900"))
        axes.minorticks_off()
