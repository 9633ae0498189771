"""The bench's crowd waits exactly as the firmware does, and notices when its jitter is gone. Needs the bench's packages."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest

from firmware.core import answer as answers
from firmware.core import schedule as core
from firmware.core.link import Link

np = pytest.importorskip("numpy", reason="`make bench` installs it, and runs this test")

from tools.bench import crowd, schedules  # noqa: E402

_ILL = answers.read(503, b"")
_ASKED_TO_WAIT = answers.read(429, b"", "120")
_LINKED = answers.read(200, b'{"status":"success","message":"linked","thingId":"T"}')


def scenario(**changes: Any) -> crowd.Scenario:
    first_ms = lambda rng, devices: np.floor(rng.uniform(0, 5_000, devices))  # noqa: E731
    return crowd.Scenario("a test", first_ms, 1_200_000, 2_000, **changes)


@pytest.mark.parametrize("failures", [0, 1, 2, 5, 7, 8, 31, 40])
def test_each_wait_is_the_firmware_s(failures: int) -> None:
    rand = np.array([random.Random(failures).random() for _ in range(200)])
    ours = schedules.Ours().waits_ms(np.full(200, failures), rand, None, rand)
    asked = schedules.Ours().waits_ms(np.full(200, failures), rand, 120_000, rand)
    for place, number in enumerate(rand):
        assert abs(ours[place] - core.backoff_ms(failures, lambda: number)) <= 1  # noqa: B023
        assert abs(asked[place] - core.after_retry_after_ms(120_000, lambda: number)) <= 1  # noqa: B023


@pytest.mark.parametrize("retry_after_ms", [None, 120_000])
def test_a_device_of_the_crowd_calls_when_the_firmware_s_link_does(retry_after_ms: int | None) -> None:
    calls_ms, numbers = defaultdict(list), defaultdict(list)

    def watch(ids: Any, due_ms: Any, rand: Any) -> None:
        for device, at_ms, number in zip(ids.tolist(), due_ms.tolist(), rand.tolist(), strict=True):
            calls_ms[device].append(at_ms)
            numbers[device].append(number)

    course = crowd.run(scenario(retry_after_ms=retry_after_ms), schedules.Ours(), devices=60, watch=watch)
    ends_ms = []
    for device, expected in calls_ms.items():
        drawn = iter(numbers[device])
        link = Link(lambda drawn=drawn: next(drawn))
        link.restart(int(expected[0]))
        now_ms, found = int(expected[0]), []
        while now_ms < 1_200_000:
            found.append(now_ms)
            link.answered(now_ms, _ILL if retry_after_ms is None else _ASKED_TO_WAIT)
            now_ms += link.due_ms(now_ms)
        assert found == pytest.approx(expected, abs=len(expected) + 1)  # a millisecond's rounding each
        link.answered(now_ms, _LINKED)
        ends_ms.append(now_ms)
    assert sorted(ends_ms) == pytest.approx(course.through_ms.tolist(), abs=100)
    assert len(calls_ms) == 60


def test_a_platform_with_a_capacity_serves_no_more_than_that_and_loses_nobody() -> None:
    course = crowd.run(scenario(capacity=5_000), schedules.Decorrelated(), devices=20_000)
    served, _ = np.histogram(course.through_ms, bins=np.arange(0, 2_001_000, 1_000))
    assert served.max() == 100  # of 5,000 for a million
    assert len(course.through_ms) == 20_000


def test_jitter_that_is_gone_shows() -> None:
    ours = crowd.run(scenario(), schedules.Ours(), devices=20_000)
    synchronised = crowd.run(scenario(), schedules.Jitterless(), devices=20_000)
    assert synchronised.peak_over_mean > 4 * ours.peak_over_mean
