"""The firmware keeps to its budgets where they are counts that need a board: records saved, heap in steady state.

That the whole set-up fits its heap is shown in test_memory.
"""

from __future__ import annotations

import re

from tests.budget import keeps_to
from tests.e2e.conftest import Scale, fewer_wakes
from tests.e2e.visit import MakeScale, live_for, wait_until
from tools.bench.budgets import BUDGETS
from tools.bench.desk import script
from tools.sandbox import Fault

_HOUR_MS = 3_600_000


def _saved(one: Scale, start: int = 0) -> int:
    return len(re.findall("^SAVE ", one.device.console.text[start:], re.MULTILINE))


def test_records_saved_for_a_link_and_in_the_hours_after_it(scale: MakeScale) -> None:
    one = scale({"/main.py": script("saves")} | fewer_wakes(), skips_idle=True)
    one.claim()
    one.device.power_on()
    one.wait_linked()
    assert 1 <= _saved(one) <= BUDGETS["records saved per link"].bound
    mark = len(one.device.console.text)
    live_for(one, 3 * _HOUR_MS)
    assert _saved(one, mark) <= BUDGETS["records saved per steady day"].bound


def test_no_record_is_saved_for_a_retry(scale: MakeScale) -> None:
    one = scale({"/main.py": script("saves")} | fewer_wakes(), skips_idle=True)
    one.sandbox.faults.set(Fault.status(503), side="device")
    one.device.power_on()
    mark = one.device.console.wait_for("next call in").end()
    wait_until(lambda: one.calls() >= 20, 60)
    assert _saved(one, mark) <= BUDGETS["records saved per retry"].bound


def test_heap_of_a_linked_scale(scale: MakeScale) -> None:
    one = scale({"/main.py": script("probe")}, skips_idle=True)
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("access point is down", 30)
    live_for(one, 60_000)
    one.device.power_off()
    keeps_to("heap, linked, steady", int(re.findall(r"HEAP now (\d+)", one.device.console.text)[-1]))
