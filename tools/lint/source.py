"""Checks of the source text by its syntax tree: imports by layer, sizes, and the habits of the house.

It runs nothing of what it reads.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.lint import rules


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be."""

    path: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


def check(root: Path) -> Iterator[Finding]:
    """Every finding in the device code and the tools below `root`."""
    for path in device_files(root):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(), name)
        yield from _layer(name, tree)
        yield from _habits(name, tree)
        yield from _sizes(name, path, tree)
    for path in sorted(root.glob("tools/**/*.py")):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(), name)
        if not name.startswith("tools/simulator/rom/"):
            yield from _tools_layer(name, tree)
        yield from _sizes(name, path, tree)
    for path in sorted(root.glob("lib/*.py")):
        if path.stem in sys.stdlib_module_names:
            yield Finding(f"lib/{path.name}", 1, "name", "is the name of a module of CPython's standard library")


def device_files(root: Path) -> list[Path]:
    """The files that go to the device."""
    found = []
    for part in rules.DEVICE:
        place = root / part
        found += sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []
    return found


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that is imported anywhere, inside functions too: (line, dotted name)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield node.lineno, base
            if base == "firmware":
                yield from ((node.lineno, f"firmware.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__":
            yield node.lineno, "__import__()"


def _layer(name: str, tree: ast.AST) -> Iterator[Finding]:
    layer = next((layer for layer in rules.LAYERS if name.startswith(layer.prefix)), None)
    if layer is None:
        yield Finding(name, 1, "layer", "belongs to no layer of docs/design.md")
        return
    for line, module in imported(tree):
        in_package = any(module == one or module.startswith(one + ".") for one in layer.packages)
        # `from firmware import x` names the package and then the module, which alone is judged.
        if module not in layer.may and not in_package and not (module == "firmware" and layer.packages):
            yield Finding(name, line, "layer", f"{layer.prefix} may not import {module}")


def _tools_layer(name: str, tree: ast.AST) -> Iterator[Finding]:
    for line, module in imported(tree):
        if module.startswith("firmware.") and not module.startswith(rules.TOOLS_MAY):
            yield Finding(name, line, "layer", f"tools may not import {module}")


def _habits(name: str, tree: ast.Module) -> Iterator[Finding]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            yield from _handler(name, node)
        elif isinstance(node, ast.AnnAssign):
            yield Finding(name, node.lineno, "hints", "device code carries no type hints")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _hinted(node):
            yield Finding(name, node.lineno, "hints", f"{node.name}() carries type hints; device code has none")
    if ast.get_docstring(tree) is None:
        yield Finding(name, 1, "docstring", "a file opens by saying what it is and what it does not do")
    if name not in rules.STARTS_THINGS:
        yield from _import_time(name, tree)


def _handler(name: str, node: ast.ExceptHandler) -> Iterator[Finding]:
    if node.type is None:
        yield Finding(name, node.lineno, "except", "a bare except swallows cancellation")
    elif (
        isinstance(node.type, ast.Name)
        and node.type.id in ("Exception", "BaseException")
        and name not in rules.CATCHES_EVERYTHING
    ):
        yield Finding(name, node.lineno, "except", f"except {node.type.id} belongs to the supervisor alone")


def _hinted(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return node.returns is not None or any(argument.annotation for argument in arguments)


def _import_time(name: str, tree: ast.Module) -> Iterator[Finding]:
    """Importing a module only defines things: no statement of it may do work."""
    quiet = ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign
    for node in tree.body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, quiet) and not is_text:
            yield Finding(name, node.lineno, "import time", "a module only defines things when it is imported")


def _sizes(name: str, path: Path, tree: ast.AST) -> Iterator[Finding]:
    lines = len(path.read_text().splitlines())
    if lines > rules.MAX_FILE_LINES:
        yield Finding(name, lines, "size", f"{lines} lines, at most {rules.MAX_FILE_LINES}")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > rules.MAX_FUNCTION_LINES:
                yield Finding(
                    name, node.lineno, "size", f"{node.name}() has {length} lines, at most {rules.MAX_FUNCTION_LINES}"
                )
