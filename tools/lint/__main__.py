"""`python -m tools.lint`: every check that needs no run; one line a finding, exit status 1 if there is any."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import vendor
from tools.lint import chip, source
from tools.lint.source import Finding


def _ruff(root: Path) -> Iterator[Finding]:
    for words in (["check", "--output-format=concise"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "."], cwd=root, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout + done.stderr, end="")
            yield Finding("ruff", 0, "style", f"`ruff {words[0]}` is not content")


def main(root: Path = vendor.ROOT) -> int:
    """Run all checks; returns the exit status."""
    findings = []
    for check in (_ruff, source.check, chip.compiles, chip.calls, chip.stand_ins):
        try:
            findings += list(check(root))
        except vendor.VendorError as error:
            findings.append(Finding("lint", 0, check.__name__, str(error)))
    for finding in findings:
        print(finding)
    print(f"lint: {len(findings) or 'no'} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
