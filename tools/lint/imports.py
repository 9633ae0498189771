"""Holds every import, those inside functions too, against the table in `layers.py`.

Does not run or resolve anything: names are taken as they stand in the source.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tools.lint import layers
from tools.lint.source import Finding, Source


def check(source: Source, lib: Iterable[str]) -> Iterator[Finding]:
    """Yield each import that the file's layer does not allow; `lib` names the modules of lib."""
    layer = next((layer for layer in layers.LAYERS if source.path.startswith(layer.paths)), None)
    if layer is None:
        return
    known = frozenset(lib)
    for node in ast.walk(source.tree):
        for module in _imported(node):
            name = _named(module, known)
            if not layer.allows(name):
                yield source.finding(node, "import", f"{layer.name} may not import {module}")


def _imported(node: ast.AST) -> list[str]:
    """The dotted names of the modules an import statement reaches, as far as the source tells."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    if node.level:
        return ["." * node.level + (node.module or "")]
    # What stands behind `from package import` may be a module of the package.
    return [f"{node.module}.{alias.name}" for alias in node.names]


def _named(module: str, lib: frozenset[str]) -> str:
    head, _, rest = module.partition(".")
    if head in lib:
        kind = "transport" if head in layers.TRANSPORT else "store" if head in layers.STORE else "plain"
        return f"lib.{kind}"
    if head in ("firmware", "importlib") and rest:
        return f"{head}.{rest.partition('.')[0]}"
    return head
