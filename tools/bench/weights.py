"""Where the bytes and the heap go: each module's compiled size and what it adds to the heap when it is imported.

It says nothing of what modules hold later; `heap` does.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools import build, vendor
from tools.bench.desk import Desk, script
from tools.bench.report import Part, Rows


def measure() -> Part:
    """All modules of the build, the heaviest first."""
    order = ["asyncio", *needed(sorted(sources()))]
    with Desk("weights") as desk:
        scale = desk.scale({"/main.py": script("weights"), "/order.json": json.dumps(order).encode()})
        scale.device.power_on()
        scale.see("WEIGHT over")
        found = re.findall(r"WEIGHT (\S+) (-?\d+)", scale.device.console.text)
        scale.device.power_off()
    tree = build.device_tree()
    rows = [[name, len(tree.get(device_path(name), b"")), int(heap)] for name, heap in found]
    rows.sort(key=lambda row: -int(row[2]))
    rows.append(["all of them", *(sum(int(row[place]) for row in rows) for place in (1, 2))])
    note = (
        "Heap in 64-bit words. Where it is far above the bytes, the interpreter's table of names grew with that module."
    )
    return Part(
        "weights", {"words": "64-bit"}, [Rows("Modules by weight", ("module", ".mpy bytes", "heap"), rows, note)]
    )


def sources() -> dict[str, Path]:
    """Every module that goes to the board, by the name it is imported by."""
    found = {"urequests": vendor.modules() / "urequests" / "__init__.py", "microdot": vendor.modules() / "microdot.py"}
    for path in build.ROOT.glob("lib/*.py"):
        found[path.stem] = path
    for path in build.ROOT.glob("firmware/**/*.py"):
        found[".".join(path.relative_to(build.ROOT).with_suffix("").parts)] = path
    return found


def needed(names: Iterable[str]) -> list[str]:
    """These modules and all that they import, each after those that it imports itself."""
    known, done = sources(), dict[str, None]()

    def take(name: str) -> None:
        for wanted in _imports(known[name]):
            if wanted in known and wanted not in done and wanted != name:
                take(wanted)
        done[name] = None

    for name in names:
        take(name)
    return list(done)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def device_path(name: str) -> str:
    """Where a module lies on the board."""
    if name == "urequests":
        return "/lib/urequests/__init__.mpy"
    return f"/{name.replace('.', '/')}.mpy" if "." in name else f"/lib/{name}.mpy"
