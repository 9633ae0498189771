"""`python -m tools.lint`: every rule that can be checked without running the code, one line a finding.

Does not change a file.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import vendor
from tools.lint import calls, commands, habits, imports, purity, sizes, stand_ins, typings
from tools.lint.source import ROOT, Finding, Source, read


def findings(root: Path = ROOT) -> list[Finding]:
    """All that is wrong below `root`, in the order of its files. Raises VendorError, or RuntimeError if a tool breaks."""
    sources, broken = read(root)
    return sorted({*broken, *_of_files(sources), *_of_repository(sources, root)})


def _of_files(sources: Sequence[Source]) -> Iterator[Finding]:
    lib = [source.path[len("lib/") : -len(".py")] for source in sources if source.path.startswith("lib/")]
    for source in sources:
        yield from imports.check(source, lib)
        yield from sizes.check(source)
        yield from habits.check(source)
        yield from purity.check(source)
        if source.is_device:
            yield from commands.compiles(source)


def _of_repository(sources: Sequence[Source], root: Path) -> Iterator[Finding]:
    yield from sizes.check_medians(sources)
    yield from commands.ruff(root)
    yield from calls.check(root)
    yield from stand_ins.check(sources, root, typings.folder())


def main() -> int:
    """Print the findings and a summary; returns 1 when there are any, or when a tool did not run."""
    try:
        found = findings()
    except (RuntimeError, vendor.VendorError) as error:
        print(f"lint: {error}")
        return 1
    for finding in found:
        print(finding)
    print(f"lint: {len(found)} findings" if found else "lint: clean")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
