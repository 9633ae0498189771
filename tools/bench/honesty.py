"""Shows that the bench would notice: a module made fat, a boot made slow, a retry without its jitter, each on purpose.

The tests of the bench's own rules run here too, for they need packages that `make test` does not install.
"""

from __future__ import annotations

import re
import subprocess
import sys

from tools import build
from tools.bench import crowd, outages, sizes, times
from tools.bench.report import Part, Rows
from tools.bench.schedules import Jitterless, Ours

_TESTS = ("tests/host/test_bench_crowd.py", "tests/host/test_bench_waiting.py")
_FAT = b"\nFAT = '" + bytes(range(0x61, 0x7B)) * 100 + b"'\n"
_CROWD = 50_000
_SLOWER_BY = 0.2  # of the bare script's second or less: 300 ms are more


class Blind(RuntimeError):
    """The bench did not notice what it has to."""


def measure() -> Part:
    """Spoil each thing and look whether its figure tells. Raises Blind when one does not."""
    rows = [_fat(), _synchronised(), _slow(), _tests()]
    for what, _, _, _, shows in rows:
        if not shows:
            raise Blind(f"{what}: does not show in the figures")
    columns = ("spoilt on purpose", "figure", "as it is", "spoilt", "shows")
    return Part("honesty", {"devices": _CROWD}, [Rows("The bench would notice", columns, rows)])


def _fat() -> list[object]:
    tree, name = build.device_tree(), "firmware/core/link.py"
    source = (build.ROOT / name).read_bytes() + _FAT
    fattened = tree | {"/firmware/core/link.mpy": build.compiled(source, name)}
    before, after = (sizes.totals(one)["our .mpy"] for one in (tree, fattened))
    return ["2,600 characters in core/link", "our .mpy", before, after, after >= before + 2_600]


def _synchronised() -> list[object]:
    before, after = (crowd.run(outages.OUTAGE, rule, _CROWD).peak_over_mean for rule in (Ours(), Jitterless()))
    return ["retries without jitter", "peak over mean", before, after, after > 4 * before]


def _slow() -> list[object]:
    rows = {row[0]: row for row in times.measure(rounds=2).tables[0].rows}
    before, after = (float(row[4]) for name, row in rows.items() if name.startswith("firmware"))
    return ["300 ms at boot", "first link call, x bare", before, after, after > before + _SLOWER_BY]


def _tests() -> list[object]:
    command = [sys.executable, "-m", "pytest", *_TESTS, "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=build.ROOT, capture_output=True, text=True, check=False)
    told = re.findall(r"\d+ (?:passed|failed|skipped)", done.stdout)
    return ["rules of crowd and waiting", "tests of the bench", "pass", ", ".join(told) or "pass", done.returncode == 0]
