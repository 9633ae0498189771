"""`python -m tools.lint`: every rule that can be checked without running the code, one line a finding.

Does not change a file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.lint import commands, habits, imports, purity, sizes
from tools.lint.source import ROOT, Finding, Source, read


def findings(root: Path = ROOT) -> list[Finding]:
    """All that is wrong with the repository at `root`, in the order of its files."""
    sources, broken = read(root)
    return sorted({*broken, *commands.ruff(root), *sizes.check_medians(sources), *_of_files(sources)})


def _of_files(sources: Sequence[Source]) -> Iterator[Finding]:
    lib = [source.path[len("lib/") : -len(".py")] for source in sources if source.path.startswith("lib/")]
    for source in sources:
        yield from imports.check(source, lib)
        yield from sizes.check(source)
        yield from habits.check(source)
        yield from purity.check(source)
        if source.is_device:
            yield from commands.compiles(source)


def main() -> int:
    """Print the findings and a summary; returns 1 when there are any."""
    found = findings()
    for finding in found:
        print(finding)
    print(f"lint: {len(found)} findings" if found else "lint: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
