"""Reads a batch from a CSV file: a row for each scale, and for each row that cannot be used, where and why.

It does not look into the ledger. No message repeats a secret.
"""

from __future__ import annotations

import csv
import errno
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import reading
from tools.factory.order import FIELDS, Order, OrderError, parse

_MAX_CELL_CHARS = 512
_UNIQUE = ("serial", "thing_token", "activation_code")
_TRIMMED = frozenset({"serial", "thing_token", "activation_code"})  # a blank may belong to a name or a key


class TableError(RuntimeError):
    """The file as a whole cannot be used."""


@dataclass(frozen=True)
class Row:
    """One scale to make; `line` is where its row begins in the file."""

    line: int
    order: Order


@dataclass(frozen=True)
class Problem:
    """Why the row at `line` is left out; `column` is where to look, if it is in one place."""

    line: int
    column: str
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: " + (f"{self.column}: " if self.column else "") + self.what


def read(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows that can be used and the problems of the others. Raises TableError."""
    records = list(_records(path, _text(path)))
    if not records:
        raise TableError(f"{path} is empty; its first line names the columns: {', '.join(FIELDS)}")
    (_, header), *records = records
    _check_header(path, header)
    rows, problems, seen = [], [], {}
    for line, cells in records:
        try:
            rows.append(Row(line, _order(header, cells, seen, line)))
        except OrderError as error:
            problems.append(Problem(line, error.field, str(error)))
    if not rows and not problems:
        raise TableError(f"{path} has a header and no rows")
    return rows, problems


def _text(path: Path) -> str:
    try:
        data = reading.whole(path)
    except OSError as error:
        advice = "; split it" if error.errno == errno.EFBIG else ""
        raise TableError(f"{path} cannot be read: {error.strerror}{advice}") from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(f"{path}, line {line}: not UTF-8; save the sheet as CSV in UTF-8") from None
    if "\0" in text:
        raise TableError(f"{path} is no text; save the sheet as CSV in UTF-8")
    return text


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins at; empty lines are passed over."""
    csv.field_size_limit(reading.MAX_BYTES)  # a cell that is too long is for its row to say
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise TableError(
                f"{path}, line {line}: cannot be read ({error}); look for a quote that is not closed"
            ) from None
        if cells is None:
            return
        if any(cells):
            yield line, cells
        line = reader.line_num + 1


def _check_header(path: Path, header: Sequence[str]) -> None:
    if len(header) == 1 and any(separator in header[0] for separator in ";\t"):
        raise TableError(f"{path}: the columns are not separated by commas; save the sheet as CSV with commas")
    unknown = next((place for place, name in enumerate(header, 1) if name not in FIELDS), None)
    if unknown:  # not repeated: without a header, it is a secret
        raise TableError(f"{path}, line 1: column {unknown} has to be named one of {', '.join(FIELDS)}")
    twice = [name for name in FIELDS if header.count(name) > 1]
    if twice:
        raise TableError(f"{path}, line 1: the column {twice[0]} is there twice")
    if "thing_token" not in header and "activation_code" not in header:
        raise TableError(f"{path}, line 1: there is no column thing_token or activation_code")


def _order(header: Sequence[str], cells: Sequence[str], seen: dict[tuple[str, str], int], line: int) -> Order:
    if len(cells) != len(header):
        raise OrderError(f"{len(cells)} cells, and the header names {len(header)} columns")
    values = {name: cell.strip() if name in _TRIMMED else cell for name, cell in zip(header, cells, strict=True)}
    for name, value in values.items():
        if len(value) > _MAX_CELL_CHARS:
            raise OrderError(f"has more than {_MAX_CELL_CHARS} characters", name)
    order = parse(values)
    for name, value in zip(_UNIQUE, (order.serial, order.token, order.code), strict=True):
        first = seen.setdefault((name, value), line) if value else line
        if first != line:
            raise OrderError(f"is the same as in line {first}", name)
    return order
