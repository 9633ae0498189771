"""Runs every unit test suite beside it on MicroPython: one command, one report.

Usage: micropython tests/unit/run.py [name ...], with lib, tests/unit and the third-party modules on MICROPYPATH.
"""

import os
import sys
import unittest

_FOLDER = "tests/unit"


def suite_names(wanted):
    """The modules to run: all there are, or those whose name holds one of the words in `wanted`."""
    names = sorted(file[:-3] for file in os.listdir(_FOLDER) if file.startswith("test_") and file.endswith(".py"))
    return [name for name in names if not wanted or any(word in name for word in wanted)]


def run_suite(name):
    """Run one module; returns (passed, failed, skipped). A module that cannot be imported is one failure."""
    print("\n== " + name)
    suite = unittest.TestSuite()
    try:
        module = __import__(name)
    except Exception as error:
        sys.print_exception(error)
        return 0, 1, 0
    for attribute in dir(module):
        case = getattr(module, attribute)
        if isinstance(case, type) and issubclass(case, unittest.TestCase):
            suite.addTest(case)
    result = unittest.TestRunner().run(suite)
    for exception in result.exceptions:
        print(exception)
    failed = result.failuresNum + result.errorsNum
    return result.testsRun - failed - result.skippedNum, failed, result.skippedNum


def main():
    """Run and report; the last line is `N passed, M failed`."""
    totals = [0, 0, 0]
    for name in suite_names(sys.argv[1:]):
        totals = [total + more for total, more in zip(totals, run_suite(name))]
    skipped = ", {} skipped".format(totals[2]) if totals[2] else ""
    print("\n{} passed, {} failed{}".format(totals[0], totals[1], skipped))
    sys.exit(1 if totals[1] or not totals[0] else 0)


main()
