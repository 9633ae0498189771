"""Makes a device module cheaper to have in memory, line by line the same: a name costs the chip memory for as long as it runs.

It changes the names of private things that the module itself defines, those that begin with one underscore, and of parameters.
"""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import re
import string
from collections.abc import Collection, Iterable, Iterator

_CONSTANT = re.compile(r'^(_[A-Z0-9_]+) = (-?[0-9][0-9A-Fa-fxX_]*|b?"[^"\\]*")(?=\s)', re.MULTILINE)
_PRIVATE = re.compile(r"\b_[A-Za-z0-9][A-Za-z0-9_]*\b")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_tree = functools.cache(ast.parse)  # for both looks at a source; nobody changes it


def keywords(sources: Iterable[str]) -> set[str]:
    """The names that some call in `sources` gives an argument by."""
    calls = (node for source in sources for node in ast.walk(_tree(source)) if isinstance(node, ast.Call))
    return {keyword.arg for call in calls for keyword in call.keywords if keyword.arg}


def thrifty(source: str, kept: Collection[str] = ()) -> str:
    """`source` with private constants put where they are used, and names so short that modules share them.

    Those are the names of private things, and of parameters but for the ones in `kept`. The interpreter keeps one copy of each
    name for all modules, and its table of names doubles when it is full.
    """
    tree, letters = _tree(source), _short_names(source)
    private = dict(zip(_own_private_names(tree), letters, strict=False))
    parameters = dict(zip(_parameters(tree, kept), letters, strict=False))
    renamed = _PRIVATE.sub(lambda found: private.get(found.group(), found.group()), _renamed(source, tree, parameters))
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
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.attr


def _parameters(tree: ast.Module, kept: Collection[str]) -> list[str]:
    """The parameters whose names mean nothing else in this module, and stand in no f-string, where columns are not told."""
    taken = {*dir(builtins), "self", *kept}
    for node in ast.walk(tree):
        taken.update(_meant_otherwise(node))
    found = dict.fromkeys(node.arg for node in ast.walk(tree) if isinstance(node, ast.arg))
    return [name for name in found if name not in taken and not name.startswith("_")]


def _meant_otherwise(node: ast.AST) -> Iterator[str]:
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.ExceptHandler):
        yield node.name or ""
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from re.findall(r"\w+", ast.unparse(node))
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    if isinstance(node, ast.JoinedStr):
        yield from (name.id for name in ast.walk(node) if isinstance(name, ast.Name))
    elif isinstance(node, (ast.Module, ast.ClassDef)):
        yield from (
            name.id
            for statement in node.body
            if not isinstance(statement, _DEFINITIONS)
            for name in ast.walk(statement)
            if isinstance(name, ast.Name)
        )


def _renamed(source: str, tree: ast.Module, short: dict[str, str]) -> str:
    """`source` with other names for what it calls by the names in `short`, each line where it was."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]  # columns are told in bytes
    places = [
        (node.lineno, node.col_offset, name)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.arg))
        if (name := node.id if isinstance(node, ast.Name) else node.arg) in short
    ]
    for number, column, name in sorted(places, reverse=True):
        line = lines[number - 1]
        lines[number - 1] = line[:column] + short[name].encode() + line[column + len(name.encode()) :]
    return b"".join(lines).decode()
