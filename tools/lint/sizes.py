"""Holds files and functions to their sizes, so that each can be read at one go.

Does not count what is in a line; ruff does.
"""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator, Sequence

from tools.lint.source import Finding, Source

MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 40
MEDIAN_FILE_LINES = 120
MEDIAN_FUNCTION_LINES = 10
MAX_DEPTH = 2

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def check(source: Source) -> Iterator[Finding]:
    """Yield what is too long or lies too deep. The simulated chip's own image is no package, so may lie deeper."""
    lines = len(source.text.splitlines())
    if lines > MAX_FILE_LINES:
        yield source.finding(source.tree, "size", f"{lines} lines; a file has at most {MAX_FILE_LINES}")
    if source.path.count("/") > MAX_DEPTH and not source.is_stand_in:
        yield source.finding(source.tree, "size", f"lies more than {MAX_DEPTH} folders deep")
    for node in ast.walk(source.tree):
        if isinstance(node, _FUNCTIONS) and _lines(node) > MAX_FUNCTION_LINES:
            what = f"{node.name} has {_lines(node)} lines; a function has at most {MAX_FUNCTION_LINES}"
            yield source.finding(node, "size", what)


def check_medians(sources: Sequence[Source]) -> Iterator[Finding]:
    """Yield a finding when the files or the functions of the repository are too long on the whole."""
    functions = [node for source in sources for node in ast.walk(source.tree) if isinstance(node, _FUNCTIONS)]
    medians = (
        ("files", [len(source.text.splitlines()) for source in sources], MEDIAN_FILE_LINES),
        ("functions", [_lines(node) for node in functions], MEDIAN_FUNCTION_LINES),
    )
    for kind, lines, limit in medians:
        if lines and statistics.median(lines) >= limit:
            what = f"the median of all {kind} is {statistics.median(lines):g} lines; it stays under {limit}"
            yield Finding(".", 1, "size", what)


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
