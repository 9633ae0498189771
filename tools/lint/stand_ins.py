"""The simulator's stand-ins for the chip's modules: they have no more than the chip, and no less than we use.

Names that begin with an underscore are the simulator's own business. How they behave is for the tests to show.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tools.lint import known, signatures
from tools.lint.signatures import Public
from tools.lint.source import STAND_INS, Finding, Source

MODULES = ("esp32", "machine", "network", "ntptime", "socket", "time")


def check(sources: Sequence[Source], root: Path, stubs: Path) -> Iterator[Finding]:
    """Yield each difference between the stand-ins below `root`, the chip's `stubs`, and what device code uses."""
    modules: dict[str, dict[str, Public]] = {}
    for name in [f"{folder}{module}.py" for folder in STAND_INS for module in MODULES]:
        path = root / name
        if path.exists():
            found = signatures.public(path)
            chip = signatures.public(stubs / f"{path.stem}.pyi")
            yield from _compared(name, path.stem, found, chip)
            modules.setdefault(path.stem, {}).update(found | _passed_on(path))
    for source in sources:
        if source.is_device:
            yield from _missing(source, modules)


def _compared(path: str, module: str, ours: Mapping[str, Public], chip: Mapping[str, Public]) -> Iterator[Finding]:
    differing = set()
    for name, found in ours.items():
        for what in _differences(name, found, chip):
            differing.add((module, name))
            if (module, name) not in known.STAND_INS:
                yield Finding(path, found.line, "stand-in", f"{module}.{name} {what}")
    for key in sorted(known.STAND_INS):
        if key[0] == module and key[1] in ours and key not in differing:
            yield Finding(path, 1, "stand-in", f"known.py excuses {'.'.join(key)}, which is like the chip's")


def _differences(name: str, ours: Public, chip: Mapping[str, Public]) -> Iterator[str]:
    if name in chip:
        for what in signatures.differences(ours.ways, chip[name].ways):
            yield f"{what}; the chip's does not"
    # A class may be made and called in ways that its stub inherits.
    elif "__" not in name:
        yield "is not on the chip"


def _passed_on(path: Path) -> dict[str, Public]:
    """What a stand-in takes over from another module by `from x import y`: there to be used, defined elsewhere."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {alias.asname or alias.name: Public(node.lineno) for node in imports for alias in node.names}


def _missing(source: Source, modules: Mapping[str, Mapping[str, Public]]) -> Iterator[Finding]:
    """Names of the chip's modules that a device file uses and no simulated chip has."""
    nodes = list(ast.walk(source.tree))
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        for module, name in _used(node, imported):
            if module in modules and name not in modules[module]:
                yield source.finding(node, "stand-in", f"the simulated {module} has no {name}")


def _used(node: ast.AST, imported: set[str]) -> list[tuple[str, str]]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported:
        return [(node.value.id, node.attr)]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "", alias.name) for alias in node.names]
    return []
