"""The public names that a module defines, as its source has them, and how each may be called.

Nothing is imported: the modules and stubs read here are not CPython's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Dunder methods that are part of how a class is used.
_CALLED = ("__init__", "__call__")


@dataclass(frozen=True)
class Signature:
    """How one function, or one overload of it, may be called; `self` does not count."""

    positional: tuple[str, ...]
    positional_only: int
    keyword_only: frozenset[str]
    takes_any_positional: bool
    takes_any_keyword: bool
    required: int

    @classmethod
    def of(cls, function: ast.FunctionDef, is_method: bool) -> Signature:
        """Read a definition."""
        given = function.args
        names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        skipped = 1 if is_method and names else 0
        return cls(
            positional=tuple(names[skipped:]),
            positional_only=max(0, len(given.posonlyargs) - skipped),
            keyword_only=frozenset(argument.arg for argument in given.kwonlyargs),
            takes_any_positional=given.vararg is not None,
            takes_any_keyword=given.kwarg is not None,
            required=len(names) - skipped - len(given.defaults),
        )

    def takes_at(self, place: int, name: str) -> bool:
        """Tell whether a caller may pass `name` as the argument at `place`, by position or by name."""
        if place >= len(self.positional):
            return self.takes_any_positional
        return place < self.positional_only or self.positional[place] == name

    def takes_by_name(self, name: str) -> bool:
        """Tell whether a caller may pass `name` by its name."""
        return self.takes_any_keyword or name in self.keyword_only or name in self.positional[self.positional_only :]


@dataclass
class Public:
    """A public name: the line of its first definition and, for a function, each way to call it."""

    line: int
    ways: list[Signature] = field(default_factory=list)


def differences(ours: Sequence[Signature], chips: Sequence[Signature]) -> Iterator[str]:
    """Yield what our function takes and no overload of the chip's does, and what it asks for that the chip does not."""
    if not ours or not chips:
        return
    for way in ours:
        for place, name in enumerate(way.positional):
            if not any(chip.takes_at(place, name) for chip in chips):
                yield f"takes {name} as argument {place + 1}"
        for name in sorted(way.keyword_only):
            if not any(chip.takes_by_name(name) for chip in chips):
                yield f"takes {name} by name"
    if min(way.required for way in ours) > min(chip.required for chip in chips) and not any(
        chip.takes_any_positional for chip in chips
    ):
        yield "asks for more arguments"


def public(path: Path) -> dict[str, Public]:
    """The public names that the module at `path` defines; what a class has stands there as `Class.name`."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    found: dict[str, Public] = {}
    _collect(tree.body, "", found)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            _follow_aliases(node, found)
    return found


def _collect(body: list[ast.stmt], prefix: str, found: dict[str, Public]) -> None:
    for node in body:
        for name in _defined(node):
            if name.startswith("_") and not (prefix and name in _CALLED):
                continue
            entry = found.setdefault(prefix + name, Public(node.lineno))
            if isinstance(node, ast.FunctionDef):
                entry.ways.append(Signature.of(node, bool(prefix) and not _is_static(node)))
            elif isinstance(node, ast.ClassDef):
                _collect(node.body, f"{name}.", found)


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def _is_static(function: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "staticmethod" for mark in function.decorator_list)


def _follow_aliases(node: ast.Assign, found: Mapping[str, Public]) -> None:
    if isinstance(node.value, ast.Name) and node.value.id in found:
        for name in _defined(node):
            if name in found:
                found[name].ways.extend(found[node.value.id].ways)
