"""Makes a device module cheaper to have in memory, line by line the same: a name costs the chip memory for as long as it runs.

It changes private names only, those that begin with one underscore and are defined in the module itself.
"""

from __future__ import annotations

import ast
import itertools
import re
import string
from collections.abc import Iterator

_CONSTANT = re.compile(r'^(_[A-Z0-9_]+) = (-?[0-9][0-9A-Fa-fxX_]*|b?"[^"\\]*")(?=\s)', re.MULTILINE)
_PRIVATE = re.compile(r"\b_[A-Za-z0-9][A-Za-z0-9_]*\b")


def thrifty(source: str) -> str:
    """`source` with private constants put where they are used, and private names so short that modules share them.

    The interpreter keeps one copy of each name for all modules, and its table of names doubles when it is full.
    """
    short = dict(zip(_own_private_names(ast.parse(source)), _short_names(source), strict=False))
    renamed = _PRIVATE.sub(lambda found: short.get(found.group(), found.group()), source)
    return _CONSTANT.sub(r"\1 = const(\2)", renamed)


def without(source: str, names: list[str]) -> str:
    """`source` without the functions, classes, methods (`Class.method`) and assignments in `names`, and without its layout.

    Raises KeyError for a name that is not there.
    """
    tree = ast.parse(source)
    for name in names:
        owner, _, last = name.rpartition(".")
        inside = tree if not owner else next(node for node in tree.body if getattr(node, "name", None) == owner)
        left_out = [node for node in inside.body if last in _names(node)]
        if not left_out:
            raise KeyError(name)
        inside.body = [node for node in inside.body if node not in left_out]
    return ast.unparse(tree)


def _names(node: ast.stmt) -> list[str]:
    """What a statement defines, as a list of names has it."""
    if isinstance(node, ast.Assign):
        return [ast.unparse(target) for target in node.targets]
    return [getattr(node, "name", "")]


def _short_names(source: str) -> Iterator[str]:
    """`_a`, `_b` and so on; capitals would be taken for constants."""
    letters = string.ascii_lowercase
    for name in itertools.chain(letters, map("".join, itertools.product(letters, repeat=2))):
        if not re.search(rf"\b_{name}\b", source):
            yield f"_{name}"


def _own_private_names(tree: ast.Module) -> list[str]:
    """The private names that the module defines, in the order of their places; none that stands in a text as well."""
    texts = " ".join(
        str(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    )
    found = dict.fromkeys(name for node in ast.walk(tree) for name in _defined(node))
    return [name for name in found if _PRIVATE.fullmatch(name) and not name.isupper() and name not in texts]


def _defined(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr
