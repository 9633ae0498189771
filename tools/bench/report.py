"""What a part of the bench found, as tables for people and as JSON for whoever compares.

It measures nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench.budgets import BUDGETS
from tools.build import ROOT

FOLDER = ROOT / "docs" / "bench"


@dataclass(frozen=True)
class Figure:
    """One number; `name` is that of its budget if it has one, `how` says in a line how it was made."""

    name: str
    value: float
    how: str


@dataclass(frozen=True)
class Rows:
    """A table: what its `title` says, the `columns`, and a list of cells a row."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    note: str = ""

    def shown(self) -> Table:
        """As people see it."""
        table = Table(title=self.title, caption=self.note or None, title_justify="left", caption_justify="left")
        for number, column in enumerate(self.columns):
            is_number = all(isinstance(row[number], (int, float)) for row in self.rows)
            table.add_column(column, justify="right" if is_number else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*[shown(cell) for cell in row])
        return table


@dataclass
class Part:
    """What one part of the bench found; `made` are the conditions that the numbers depend on."""

    name: str
    made: dict[str, Any]
    tables: list[Rows] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def write(self, folder: Path = FOLDER) -> None:
        """Keep it as JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        tables = [{"title": table.title, "rows": _records(table), "note": table.note} for table in self.tables]
        figures = [{**vars(figure), **_limits(figure)} for figure in self.figures]
        content = {"made": {"cores": os.cpu_count(), **self.made}, "figures": figures, "tables": tables}
        (folder / f"{self.name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")

    def show(self, screen: Console) -> None:
        """Print the tables."""
        for table in self.tables:
            screen.print(table.shown())


def summary(parts: Sequence[Part]) -> Rows:
    """Every figure beside its bound and its aim."""
    rows = []
    for part in parts:
        for figure in part.figures:
            budget = BUDGETS.get(figure.name)
            limits = (
                (budget.bound, budget.aim, budget.unit, budget.verdict(figure.value)) if budget else ("", "", "", "")
            )
            rows.append([figure.name, figure.value, *limits, figure.how])
    return Rows("Figures", ("figure", "value", "bound", "aim", "unit", "", "how it is made"), rows)


def shown(cell: Any) -> str:
    """A cell as people read it."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}"
    return str(cell)


def _records(table: Rows) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def _limits(figure: Figure) -> dict[str, Any]:
    budget = BUDGETS.get(figure.name)
    if budget is None:
        return {}
    return {"unit": budget.unit, "bound": budget.bound, "aim": budget.aim, "verdict": budget.verdict(figure.value)}
