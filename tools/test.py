"""`make test`: lint, unit tests on MicroPython, host tests, power cuts and end-to-end tests, with one count at the end.

Each stage is a command of its own that can be run alone; here they are only run and added up.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools import browser, vendor

ROOT = vendor.ROOT
_REPORTS = ROOT / ".build" / "reports"
_WORKERS = 8  # most of the time a test waits for a board, so that eight keep two cores busy
_CLOSING_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


@dataclass(frozen=True)
class Count:
    """How a stage, or all of them, ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def checked(self, status: int) -> Count:
        """This count, and one failure more when the stage's exit status tells of one that is not in it."""
        is_broken = status != 0 and not self.failed or not self.passed + self.failed + self.skipped
        return self + _BROKEN if is_broken or status not in (0, 1) else self

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed"


_BROKEN = Count(failed=1)


def lint() -> Count:
    """The rules that can be checked without running anything: one test."""
    done = subprocess.run([sys.executable, "-m", "tools.lint"], cwd=ROOT, check=False)
    return Count(passed=1) if done.returncode == 0 else _BROKEN


def unit(words: list[str] | None = None) -> Count:
    """The unit tests on MicroPython's unix port."""
    path = [str(vendor.modules()), "lib", "tests/unit", ".", ".frozen"]
    command = [sys.executable, "-m", "micropython_unix", "tests/unit/run.py", *(words or [])]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "MICROPYPATH": ":".join(path)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stdout, end="", flush=True)
    closing = _CLOSING_LINE.match(done.stdout.strip().rpartition("\n")[2])
    count = Count(*(int(number or 0) for number in closing.groups())) if closing else Count()
    return count.checked(done.returncode)


def host() -> Count:
    """The tests of the tools, and of device modules against real peers."""
    return _pytest("host", "tests/host")


def power() -> Count:
    """Whole lives on virtual time: power cut everywhere, and worlds that go wrong at random."""
    return _pytest("power", "tests/power")


def e2e() -> Count:
    """The whole firmware on simulated boards, with a real browser on its page."""
    browser.install()
    return _pytest("e2e", "tests/e2e")


def slow() -> Count:
    """What takes too long for every run: figures of whole batches."""
    return _pytest("slow", "tests/e2e", "slow")


def _pytest(name: str, folder: str, marks: str = "not slow") -> Count:
    report = _REPORTS / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    # One that kills its worker is not tried again: it would kill the next one too.
    workers = ["-n", str(_WORKERS), "--dist", "loadgroup", "--max-worker-restart", "0"]
    command = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", folder, "-m", marks, *workers]
    command.append(f"--junit-xml={report}")
    done = subprocess.run(command, cwd=ROOT, check=False)
    return read_report(report).checked(done.returncode)


def read_report(report: Path) -> Count:
    """What pytest has written to `report`, nothing when it has not."""
    if not report.exists():
        return Count()
    suite = next(ElementTree.parse(report).iter("testsuite"))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    skipped = int(suite.get("skipped", 0))
    return Count(int(suite.get("tests", 0)) - failed - skipped, failed, skipped)


STAGES: dict[str, Callable[[], Count]] = {"lint": lint, "unit": unit, "host": host, "power": power, "e2e": e2e}
ON_REQUEST: dict[str, Callable[[], Count]] = {"slow": slow}


def _counted(stage: Callable[[], Count]) -> Count:
    try:
        return stage()
    except vendor.VendorError as error:
        print(f"error: {error}", flush=True)
        return _BROKEN


def main(names: list[str]) -> int:
    """Run the named stages, all of them by default; the last line printed is their count."""
    # Started in the background, a shell has this process and all it starts ignore the Ctrl-C that tests press.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and so under nohup with the terminal's end
    total, rows = Count(), []
    for name in names or list(STAGES):
        print(f"\n===== {name}", flush=True)
        began_s = time.monotonic()
        count = _counted((STAGES | ON_REQUEST)[name])
        total += count
        skipped = f", {count.skipped} skipped" if count.skipped else ""
        rows.append(f"{name:<6} {time.monotonic() - began_s:6.1f} s   {count}{skipped}")
    print("\n" + "\n".join(rows))
    print(total, flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
