"""The files that lint reads, and what it has to say about them.

Does not judge; each rule is a module of its own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEVICE = ("boot.py", "main.py", "firmware/", "lib/")
STAND_INS = ("tools/simulator/rom/", "tests/life/rom/")
_FOLDERS = ("firmware", "lib", "tools", "tests")


@dataclass(frozen=True, order=True)
class Finding:
    """One violation; `path` is relative to the root of the repository."""

    path: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


@dataclass(frozen=True)
class Source:
    """One Python file, parsed."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        """Parse `text`. Raises SyntaxError."""
        return cls(path, text, ast.parse(text, path))

    @property
    def is_device(self) -> bool:
        """Whether the file goes to the board."""
        return self.path.startswith(DEVICE)

    @property
    def is_stand_in(self) -> bool:
        """Whether it stands in for the chip: MicroPython code that is allowed what the chip itself may do."""
        return self.path.startswith(STAND_INS)

    def finding(self, node: ast.AST, rule: str, what: str) -> Finding:
        """A violation at `node`."""
        return Finding(self.path, getattr(node, "lineno", 1), rule, what)


def read(root: Path = ROOT) -> tuple[list[Source], list[Finding]]:
    """All Python files of the repository, and a finding for each one that is not Python."""
    paths = [*root.glob("*.py"), *(path for folder in _FOLDERS for path in (root / folder).rglob("*.py"))]
    sources, findings = [], []
    for path in sorted(paths):
        name = path.relative_to(root).as_posix()
        try:
            sources.append(Source.of(name, path.read_text(encoding="utf-8")))
        except SyntaxError as error:
            findings.append(Finding(name, error.lineno or 1, "syntax", error.msg))
    return sources, findings
