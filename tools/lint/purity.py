"""Importing a module of the device only defines things: no task, socket, pin or file is touched.

Does not look into functions, which run later. boot.py and main.py are scripts and not held to this.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.source import Finding, Source

# Calls that only make a value.
CALLS = frozenset(
    {"bytearray", "bytes", "const", "dict", "float", "frozenset", "int", "len", "list", "max", "min", "ord", "range"}
    | {"set", "str", "tuple", "collections.namedtuple", "namedtuple", "struct.calcsize"}
    | {"console.Log", "time.gmtime"}
)
_DECORATORS = frozenset({"classmethod", "property", "staticmethod"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINING = (*_FUNCTIONS, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Pass)


def check(source: Source) -> Iterator[Finding]:
    """Yield each statement that does something when the module is imported."""
    if source.is_device and source.path not in ("boot.py", "main.py"):
        yield from _body(source, source.tree.body)


def _body(source: Source, body: list[ast.stmt]) -> Iterator[Finding]:
    for statement in body:
        is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        if not is_text and not isinstance(statement, _DEFINING):
            yield source.finding(statement, "purity", "runs at import; a module only defines things")
            continue
        for call in _evaluated(statement):
            yield from _call(source, call)
        if isinstance(statement, ast.Assign):
            yield from _targets(source, statement)
        elif isinstance(statement, ast.ClassDef):
            yield from _body(source, statement.body)


def _targets(source: Source, statement: ast.Assign) -> Iterator[Finding]:
    for target in statement.targets:
        if not isinstance(target, (ast.Name, ast.Tuple)):
            yield source.finding(statement, "purity", "changes something that exists already, at import")


def _call(source: Source, node: ast.expr) -> Iterator[Finding]:
    """A call, or a decorator, which is one in other words."""
    name = ast.unparse(node.func if isinstance(node, ast.Call) else node)
    if name not in (CALLS if isinstance(node, ast.Call) else _DECORATORS):
        yield source.finding(node, "purity", f"calls {name} at import")


def _evaluated(statement: ast.stmt) -> Iterator[ast.expr]:
    """The calls and decorators that run when the statement does; bodies of functions and classes do not count here."""
    if isinstance(statement, _FUNCTIONS):
        yield from statement.decorator_list
        parts = [*statement.args.defaults, *(default for default in statement.args.kw_defaults if default)]
    elif isinstance(statement, ast.ClassDef):
        yield from statement.decorator_list
        parts = statement.bases
    else:
        parts = [statement]
    for part in parts:
        yield from _calls(part)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls(child)
