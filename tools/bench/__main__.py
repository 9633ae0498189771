"""`python -m tools.bench [--quick] [parts]`: measures, prints tables and writes `docs/bench`, unless it was quick.

It only runs the parts; each says itself how it measures.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from rich.console import Console

from tools import build, vendor
from tools.bench import fleet, heap, honesty, others, outages, sizes, times, waiting, wear, weights
from tools.bench.report import Part, summary

_WIDTH = 150  # of tables that go to a file

# Their order matters to people alone. What QUICK runs takes a minute.
_QUICK: dict[str, Callable[[], Part]] = {
    "sizes": sizes.measure,
    "heap": heap.measure,
    "times": lambda: times.measure(rounds=3),
    "wear": lambda: wear.measure(hours=1),
}
_FULL: dict[str, Callable[[], Part]] = {
    "sizes": sizes.measure,
    "heap": heap.measure,
    "times": times.measure,
    "wear": wear.measure,
    "waiting": waiting.measure,
    "crowd": outages.measure,
    "fleet": fleet.measure,
    "others": others.measure,
    "weights": weights.measure,
    "honesty": honesty.measure,
}


def main(words: list[str]) -> int:
    """Run the parts that are named, or all; with --quick those on the device alone."""
    known = _QUICK if "--quick" in words else _FULL
    names = [word for word in words if word != "--quick"] or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"error: no part {unknown[0]}; the parts are {', '.join(known)}", file=sys.stderr)
        return 1
    began_s, parts, is_whole = time.monotonic(), [], True
    screen = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    for name in names:
        screen.rule(f"{name}, {time.monotonic() - began_s:.0f} s after the start")
        try:
            parts.append(known[name]())
        except (OSError, honesty.Blind) as error:
            screen.print(f"not measured: {error}", markup=False)
            is_whole = False
            continue
        parts[-1].show(screen)
        if known is _FULL:
            parts[-1].write()
    if any(part.figures for part in parts):
        screen.rule("bounds and aims")
        screen.print(summary(parts).shown())
    screen.print(f"{time.monotonic() - began_s:.0f} s" + ("; written to docs/bench" if known is _FULL else ""))
    return 0 if is_whole else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (build.BuildError, vendor.VendorError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
