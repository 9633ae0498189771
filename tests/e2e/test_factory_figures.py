"""How long a batch takes: 200 scales from a CSV file to labels ready to print. Printed, not asserted."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.host.factory_peer import new_token, write_csv
from tools.factory import batch, scale, sheet, table

_SCALES = 200


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_200_scales(tmp_path: Path, figure: Callable[[str], None]) -> None:
    rows, problems = table.read(write_csv(tmp_path / "b.csv", *(new_token() for _ in range(_SCALES))))
    assert problems == []
    plan = batch.Plan(tmp_path / "out", tmp_path / "ledger", "https://localhost/v2", None)
    began_s = time.monotonic()
    outcomes = list(batch.run(rows, plan, jobs=2))
    made_s = time.monotonic()
    made = [scale.load(plan.out / outcome.serial) for outcome in outcomes]
    files = list(sheet.write_sheets([one for one in made if one], plan.out))
    printed_s = time.monotonic()
    again = list(batch.run(rows, plan, jobs=2))
    figure(
        f"{_SCALES} scales: files and labels in {made_s - began_s:.1f} s, {len(files)} files of sheets in"
        f" {printed_s - made_s:.1f} s, nothing to do in {time.monotonic() - printed_s:.1f} s (2 processes)"
    )
    assert len({one.serial for one in outcomes}) == _SCALES
    assert [one.before for one in again] == [True] * _SCALES
    assert len(files) == sheet.files_of(_SCALES)
