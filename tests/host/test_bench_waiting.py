"""What the bench says of waiting follows from the times of the calls."""

from __future__ import annotations

import random

import pytest

from firmware.core.link import WINDOW_MS

pytest.importorskip("matplotlib", reason="`make bench` installs it, and runs this test")

from tools.bench import waiting  # noqa: E402


def test_the_calls_of_a_day_are_those_of_the_firmware() -> None:
    times = waiting.calls_ms(random.Random(3).random)
    assert times[0] == 0
    assert 4_500 <= times[1] <= 5_500
    assert times[-1] == WINDOW_MS


def test_a_claim_is_noticed_at_the_next_call() -> None:
    found = waiting.noticed([[0.0, 1_000.0, 9_000.0]] * 4, [500.0, 1_000.0, 1_001.0, 9_000.0])
    assert found.median_s == pytest.approx((0 + 0.5) / 2)
    assert found.p95_s > 7
    assert found.calls == pytest.approx((2 + 2 + 3 + 3) / 4)


def test_fixed_calls_cover_the_window() -> None:
    assert waiting.fixed_calls_ms(60)[:2] == [0.0, 60_000.0]
    assert waiting.fixed_calls_ms(60)[-1] == WINDOW_MS
