"""How many bytes of compiled code go to the board, module by module.

It takes the tree as the build makes it and compiles nothing itself.
"""

from __future__ import annotations

from tools.bench.report import Figure, Part, Rows
from tools.build import THIRD_PARTY, device_tree

_HOW = "sum over the tree that `make build` makes"


def totals(tree: dict[str, bytes]) -> dict[str, int]:
    """The bytes of .mpy in the tree, ours and all, under the names of their budgets."""
    compiled = {path: len(content) for path, content in tree.items() if path.endswith(".mpy")}
    ours = sum(size for path, size in compiled.items() if not path.startswith(THIRD_PARTY))
    return {"our .mpy": ours, "all .mpy": sum(compiled.values())}


def measure() -> Part:
    """The tree as it is now."""
    tree = device_tree()
    rows = [[path, len(content)] for path, content in tree.items() if path.endswith(".mpy")]
    rows.sort(key=lambda row: -row[1])
    figures = [Figure(name, size, _HOW) for name, size in totals(tree).items()]
    return Part("sizes", {"compiler": "mpy-cross"}, [Rows("Compiled modules", ("module", "bytes"), rows)], figures)
