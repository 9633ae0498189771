"""What a million devices do to a platform that was away, and how ours do beside other rules: the tables and the plot.

The devices are simulated in `crowd`, the rules are in `schedules`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tools.bench import plots
from tools.bench.crowd import MILLION, Course, Scenario, run
from tools.bench.report import Figure, Part, Rows
from tools.bench.schedules import Jitterless, Schedule, all_of_them

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS


def _within(span_ms: int) -> Callable[[np.random.Generator, int], Any]:
    return lambda rng, devices: rng.uniform(0, span_ms, devices)


# The hard case of an outage is a crowd that was asking every 5 s when the platform went: it begins all but in step.
OUTAGE = Scenario("platform down for an hour", _within(5_000), _HOUR_MS, 5_400)
SCENARIOS = (
    OUTAGE,
    Scenario("the same, 5,000/s served", _within(5_000), _HOUR_MS, 5_400, capacity=5_000),
    Scenario("power back in a city, 5,000/s served", _within(_MINUTE_MS), 0, 1_800, capacity=5_000),
    Scenario("429, Retry-After 300, for 5 min", _within(_MINUTE_MS), 5 * _MINUTE_MS, 1_800, 300_000),
    Scenario("the same, then 5,000/s served", _within(_MINUTE_MS), 5 * _MINUTE_MS, 1_800, 300_000, 5_000),
    Scenario("routers back over 10 min, 1,000/s served", _within(10 * _MINUTE_MS), 0, 3_600, capacity=1_000),
)
_COLUMNS = ("rule", "peak, calls/s", "peak over mean", "99 % through after, s", "calls per device")
_HOW = "simulated devices, an hour's outage; calls in the busiest second over the mean, until 99 % are through"
_BETWEEN_BURSTS = 0.265, 0.02  # of the plot, where its legend touches no line


def measure(devices: int = MILLION) -> Part:
    """Every scenario with every rule."""
    part = Part("crowd", {"devices": devices, "greedy rules": "every tenth device, scaled", "seed": 1, "step": "1 s"})
    rules: list[Schedule] = [*all_of_them(), Jitterless()]
    courses = {scenario.name: [run(scenario, rule, devices) for rule in rules] for scenario in SCENARIOS}
    for scenario in SCENARIOS:
        rows = [_row(course) for course in courses[scenario.name]]
        note = "Ours alone heeds Retry-After." if scenario.retry_after_ms else ""
        part.tables.append(Rows(f"A million devices: {scenario.name}", _COLUMNS, rows, note))
    ours = courses[OUTAGE.name][0]
    part.figures.append(Figure("million devices after an outage", round(ours.peak_over_mean, 2), _HOW))
    _plot(courses[OUTAGE.name])
    return part


def _row(course: Course) -> list[Any]:
    took_s = course.recovered_s
    through: Any = round(took_s, 1) if took_s is not None else f"not in {course.scenario.horizon_s} s"
    return [
        course.schedule.name,
        round(course.peak),
        round(course.peak_over_mean, 2),
        through,
        round(course.calls_each, 1),
    ]


def _plot(courses: list[Course]) -> None:
    """As many rules as one can tell apart at a glance."""
    ours, exponential, fixed = courses[0], courses[2], courses[4]
    title = (
        f"A million scales after an hour's outage come back at {_thousands(ours.peak)} calls a second;\n"
        f"retries every 5 s bring {_thousands(fixed.peak)} all along, backoff without jitter as many in bursts"
    )
    back_s = OUTAGE.well_ms // 1000
    seconds = np.arange(back_s - 600, back_s + 360)
    with plots.figure("outage", title, "minutes since the platform went", "calls per second", _BETWEEN_BURSTS) as axes:
        for course in (fixed, exponential, ours):
            calls = np.where(course.calls[seconds] > 0, course.calls[seconds], 0.1)  # nothing lies below the plot
            axes.plot(seconds / 60, calls, **plots.style(course.schedule.name))
        axes.axvline(back_s / 60, color="0.6", linewidth=1)
        place = {"xytext": (6, 4), "textcoords": "offset points"}
        axes.annotate("platform is back", (back_s / 60, 10), color="0.35", **place)
        axes.set_yscale("log")
        axes.set_ylim(10, 400_000)
        axes.set_yticks([10, 100, 1_000, 10_000, 100_000], ["10", "100", "1,000", "10,000", "100,000"])


def _thousands(value: float) -> str:
    return f"{round(value, -3):,.0f}"
