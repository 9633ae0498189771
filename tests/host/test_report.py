"""The last line of `make test` is true: a stage that dies, or runs nothing, counts as a failure.

The stages themselves are not run here.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools import test as report
from tools import vendor
from tools.test import Count


@pytest.mark.parametrize(
    ("output", "status", "expected"),
    [
        ("9 passed, 0 failed\n", 0, Count(9)),
        ("8 passed, 1 failed, 2 skipped\n", 1, Count(8, 1, 2)),
        ("9 passed, 0 failed\n", -11, Count(9, 1)),
        ("8 passed, 1 failed\n", -11, Count(8, 2)),
        ("9 passed, 0 failed\n", 1, Count(9, 1)),
        ("0 passed, 0 failed\n", 0, Count(0, 1)),
        ("MemoryError\n", 1, Count(0, 1)),
        ("", 0, Count(0, 1)),
    ],
)
def test_what_the_unit_tests_say_is_held_against_their_status(
    monkeypatch: pytest.MonkeyPatch, output: str, status: int, expected: Count
) -> None:
    done = subprocess.CompletedProcess([], status, stdout=output)
    monkeypatch.setattr(vendor, "modules", Path)
    monkeypatch.setattr(report.subprocess, "run", lambda *_, **__: done)
    assert report.unit() == expected


_ONE_OF_EACH = """
import pytest
@pytest.fixture
def broken(): raise OSError
def test_passes(): pass
def test_fails(): assert 0
def test_cannot_begin(broken): pass
@pytest.mark.skip
def test_is_skipped(): pass
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a stage of its own finds its tests and leaves its report."""
    monkeypatch.setattr(report, "_REPORTS", tmp_path)
    monkeypatch.setattr(report, "_WORKERS", 1)
    return tmp_path


def test_what_pytest_reports_is_added_up(folder: Path) -> None:
    (folder / "test_sample.py").write_text(_ONE_OF_EACH)
    assert report._pytest("sample", str(folder)) == Count(1, 2, 1)


@pytest.mark.parametrize("text", ["import os\ndef test_dies(): os._exit(3)", "import os\nos._exit(3)"])
def test_a_test_that_takes_its_process_with_it_is_one_failure(folder: Path, text: str) -> None:
    (folder / "test_sample.py").write_text(text)
    assert report._pytest("sample", str(folder)) == Count(0, 1)


def test_a_stage_that_cannot_begin_is_a_failure_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def offline() -> Count:
        raise vendor.VendorError("the index is not in reach")

    monkeypatch.setattr(report, "STAGES", {"lint": offline, "unit": lambda: Count(3, 0, 1)})
    assert report.main([]) == 1
    printed = capsys.readouterr().out
    assert "error: the index is not in reach" in printed
    assert "3 passed, 0 failed, 1 skipped" in printed
    assert printed.endswith("\n3 passed, 1 failed\n")
