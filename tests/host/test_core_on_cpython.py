"""The suites of `firmware/core` once more, on CPython, where the host tools import it.

Does not run the suites of `lib`, which only MicroPython can import.
"""

import importlib.util
import unittest
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUITES = [
    suite
    for suite in sorted((ROOT / "tests/unit").glob("test_*.py"))
    if (ROOT / "firmware/core" / suite.name.removeprefix("test_")).exists()
]


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_suite(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(f"unit_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    outcome = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromModule(module).run(outcome)
    assert outcome.testsRun
    assert outcome.wasSuccessful(), outcome.failures + outcome.errors
