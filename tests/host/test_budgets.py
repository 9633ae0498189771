"""The product keeps to its budgets where they are counts that need no board: bytes of code, calls of a day."""

from __future__ import annotations

import random

import pytest

from firmware.core import answer as answers
from firmware.core.link import Link
from tests.budget import keeps_to
from tools.bench import sizes
from tools.bench.budgets import BUDGETS, Budget
from tools.build import device_tree

_WAITING = answers.Answer(answers.WAITING, "waiting for app")


@pytest.mark.parametrize("name", ["our .mpy", "all .mpy"])
def test_compiled_code(name: str) -> None:
    keeps_to(name, sizes.totals(device_tree())[name])


def test_calls_in_a_wait_of_24_hours() -> None:
    for seed in range(20):
        link, now_ms = Link(random.Random(seed).random), 0
        while (due_ms := link.due_ms(now_ms)) is not None:
            now_ms += due_ms
            link.answered(now_ms, _WAITING)
        assert link.calls <= BUDGETS["link calls in a wait of 24 h"].bound


def test_a_module_that_grew_shows() -> None:
    tree = device_tree()
    fattened = tree | {"/firmware/core/link.mpy": tree["/firmware/core/link.mpy"] + b"\0" * 4_000}
    for name, size in sizes.totals(tree).items():
        assert sizes.totals(fattened)[name] == size + 4_000


def test_a_verdict_says_which_limit_is_kept() -> None:
    budget = Budget("bytes", 10, 5)
    assert [budget.verdict(value) for value in (5, 6, 10, 11)] == ["aim held", "held", "held", "NOT held"]
