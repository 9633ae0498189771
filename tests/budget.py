"""How a test holds a count to its budget, one that is over its bound included."""

from __future__ import annotations

import pytest

from tools.bench.budgets import BUDGETS


def keeps_to(name: str, value: float) -> None:
    """Fail unless `value` is within its budget; over its bound and within its ceiling, the test is an expected failure."""
    budget = BUDGETS[name]
    if budget.ceiling is None:
        assert value <= budget.bound
        return
    assert value <= budget.ceiling, "over its bound before, and it grew"
    assert value > budget.bound, "within its bound now: take the ceiling out of tools/bench/budgets.py"
    pytest.xfail(f"{value:,} over the bound of {budget.bound:,}; docs/bench.md says why")
