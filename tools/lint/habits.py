"""The habits of this code base that ruff has no rule for.

Does not judge imports, sizes or what happens at import time; those are modules of their own.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator

from tools.lint.source import Finding, Source

# What must outlive an error nobody foresaw: a life, a job of it, one connection of a server, and one suite among many.
BROAD_EXCEPT = frozenset(
    {
        ("firmware/app.py", "_live_or_crash"),
        ("firmware/services/supervisor.py", "_forever"),
        ("firmware/services/visits.py", "_connected"),
        ("tests/unit/run.py", "run_suite"),
        ("tests/life/board.py", "_run"),
    }
)

# Calls that device code makes in these places alone. Every printed line passes through the mask of lib/console.py;
# main.py prints before that can be loaded.
PLACES = {
    "print": ("lib/console.py", "boot.py", "main.py"),
    "open": ("boot.py", "lib/page_file.py", "lib/store.py", "firmware/scale.py", "firmware/hw/"),
    "input": (),
    "eval": (),
    "exec": (),
    "compile": (),
    "__import__": (),
}
_BROAD = ("Exception", "BaseException")


def check(source: Source) -> Iterator[Finding]:
    """Yield each habit the file breaks."""
    yield from _of_file(source)
    if not source.is_stand_in:
        yield from _broad_excepts(source, source.tree, "")
    if source.is_device:
        for node in ast.walk(source.tree):
            yield from _of_device(source, node)


def _of_file(source: Source) -> Iterator[Finding]:
    if source.tree.body and not ast.get_docstring(source.tree):
        yield source.finding(source.tree, "docstring", "a file opens by saying what it is")
    folder, _, name = source.path.rpartition("/")
    if source.is_device and name == "__init__.py":
        yield source.finding(
            source.tree, "layout", "device folders are namespace packages; this file costs a flash block"
        )
    if folder == "lib" and name.removesuffix(".py") in sys.stdlib_module_names:
        yield source.finding(source.tree, "layout", "named like a module of CPython, which tools would get instead")


def _broad_excepts(source: Source, node: ast.AST, function: str) -> Iterator[Finding]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ExceptHandler):
            if child.type is None:
                yield source.finding(child, "except", "names no error")
            elif (source.path, function) not in BROAD_EXCEPT and _swallows_all(child):
                yield source.finding(child, "except", "takes every error; name those that are expected")
        inner = child.name if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        yield from _broad_excepts(source, child, inner)


def _swallows_all(handler: ast.ExceptHandler) -> bool:
    """Tell whether it takes every error and keeps it: tidying up and raising it again is no harm."""
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    is_broad = any(isinstance(name, ast.Name) and name.id in _BROAD for name in names)
    last = handler.body[-1]
    return is_broad and not (isinstance(last, ast.Raise) and last.exc is None)


def _of_device(source: Source, node: ast.AST) -> Iterator[Finding]:
    if getattr(node, "annotation", None) or getattr(node, "returns", None):
        yield source.finding(node, "hint", "device code has no type hints")
    if isinstance(node, ast.Name) and not source.path.startswith(PLACES.get(node.id, (source.path,))):
        allowed = ", ".join(PLACES[node.id]) or "nowhere on the device"
        yield source.finding(node, "place", f"{node.id} belongs in: {allowed}")
