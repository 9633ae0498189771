"""`python -m tools batch`, `labels` and `ledger`: many scales at once, their sheets, and what has been given out.

No secret is printed; `words` has the exit statuses.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn, track
from rich.table import Table

from tools import reading, usage
from tools.factory import batch as batches
from tools.factory import scale as scales
from tools.factory import table, words
from tools.factory.batch import MakeImage, Outcome, Plan
from tools.factory.ledger import Entry, Ledger
from tools.factory.ledger_file import LedgerError
from tools.factory.order import OrderError
from tools.factory.scale import Scale
from tools.factory.table import Problem, Row, TableError
from tools.owner.client import DEFAULT_URL, Platform
from tools.owner.command import Ca, Json, Url

_Firmware = Annotated[
    Path | None, typer.Option(help="MicroPython image of the chip; with it, each scale gets its whole flash image")
]
_SCREEN = Console(stderr=True)
_CORES = os.cpu_count() or 1
_Jobs = Annotated[int, typer.Option(min=1, max=64, help="scales at a time")]
_Skip = Annotated[int, typer.Option(min=0, max=23, help="places already used on the first sheet")]


def batch(
    file: Annotated[
        Path | None, typer.Argument(help="CSV with thing_token or activation_code; docs/provisioning.md has it all")
    ] = None,
    out: Annotated[Path, typer.Option(help="folder for everything that is made")] = Path("scales"),
    firmware: _Firmware = None,
    jobs: _Jobs = _CORES,
    skip: _Skip = 0,
    ledger: words.LedgerFile = None,
    url: Url = DEFAULT_URL,
    ca: Ca = None,
    as_json: Json = False,
) -> None:
    """Make many scales from a CSV file: files, labels and images. Run it again to go on after whatever stopped it.

    Example: python -m tools batch scales.csv --out scales --firmware ESP32_GENERIC.bin
    """
    usage.need(file, "which table?", 'make batch CSV=scales.csv ARGS="--firmware ESP32_GENERIC.bin"')
    assert file is not None
    with words.one_line_errors():
        sheet = words.sheets()
        rows, problems = table.read(file)
        ledger = ledger or words.default_ledger()
        with Ledger(ledger), Platform(url, ca):
            pass  # what is wrong with either is said once, not for each row
        plan = Plan(out, ledger, url, ca, firmware, _make_image(firmware))
        outcomes = sorted(_made(rows, plan, jobs), key=lambda outcome: outcome.row.line)
        made = [outcome for outcome in outcomes if outcome.serial]
        if made:
            _sheets(sheet, [_load(out / outcome.serial) for outcome in made], out, skip)
    problems = [*problems, *(outcome.problem for outcome in outcomes if outcome.problem)]
    _report(made, sorted(problems, key=lambda problem: problem.line), len(rows) - len(outcomes), out, as_json)


def labels(
    folder: Annotated[
        Path | None, typer.Argument(help="what a batch, or several calls of provision, have made")
    ] = None,
    skip: _Skip = 0,
) -> None:
    """Make the sheets of labels and cards anew, for all scales in a folder. Example: python -m tools labels scales --skip 5"""
    usage.need(folder, "which folder?", "make labels FOLDER=scales")
    assert folder is not None
    with words.one_line_errors():
        sheet = words.sheets()
        found = [_load(path.parent) for path in sorted(folder.glob(f"*/{scales.IDENTITY_FILE}"))]
        if not found:
            raise OrderError(f"there is no scale in {folder}")
        written = _sheets(sheet, found, folder, skip)
    for path in written:
        typer.echo(path)


def ledger(file: words.LedgerFile = None, as_json: Json = False) -> None:
    """List the serials that have been given out. Example: python -m tools ledger --json"""
    with words.one_line_errors():
        entries = _entries(file)
    if as_json:
        fields = ("serial", "state", "board", "reserved_at", "done_at")
        typer.echo(json.dumps([{name: getattr(entry, name) for name in fields} for entry in entries], indent=1))
        return
    shown = Table()
    for title in ("serial", "state", "board", "since"):
        shown.add_column(title, overflow="fold")
    for entry in entries:
        shown.add_row(entry.serial, entry.state, entry.board or "-", entry.done_at or entry.reserved_at)
    Console().print(shown)


def _entries(file: Path | None) -> list[Entry]:
    """What a ledger knows; one that nobody has written to is not made for that."""
    path = file or words.default_ledger()
    if not path.exists():
        if file is not None:
            raise LedgerError(f"there is no ledger {path}")
        return []
    with Ledger(path) as book:
        return book.entries()


def _make_image(firmware: Path | None) -> MakeImage | None:
    if firmware is None:
        return None
    from tools import image  # it brings the whole build along
    from tools.board import flash

    flash.image(firmware)  # before a code is used up for it
    try:
        image.whole(reading.whole(firmware), None, None)  # what is wrong with it is said once, too
    except image.ImageError as error:
        raise TableError(f"{firmware} {error}") from None
    return image.whole


def _made(rows: Sequence[Row], plan: Plan, jobs: int) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    outcomes = []
    with Progress(*columns, console=_SCREEN) as progress:
        task = progress.add_task("scales", total=len(rows))
        for outcome in batches.run(rows, plan, min(jobs, len(rows) or 1)):
            outcomes.append(outcome)
            progress.advance(task)
    return outcomes


def _sheets(sheet: ModuleType, made: Sequence[Scale], out: Path, skip: int) -> list[Path]:
    """Make the sheets, and show how it goes on; the files they are in."""
    written = sheet.write_sheets(made, out, skip)
    return list(track(written, "sheets", sheet.files_of(len(made), skip), console=_SCREEN))


def _load(folder: Path) -> Scale:
    try:
        scale = scales.load(folder)
    except ValueError:
        scale = None
    if scale is None:
        raise OrderError(
            f"{folder / scales.IDENTITY_FILE} cannot be used; make that scale again, or take the folder away"
        )
    return scale


def _report(made: Sequence[Outcome], problems: Sequence[Problem], not_begun: int, out: Path, as_json: bool) -> None:
    before = sum(outcome.before for outcome in made)
    if as_json:
        scale_rows = [{"line": one.row.line, "serial": one.serial, "before": one.before} for one in made]
        problem_rows = [{"line": one.line, "column": one.column, "problem": one.what} for one in problems]
        typer.echo(json.dumps({"scales": scale_rows, "problems": problem_rows, "not_begun": not_begun}))
    else:
        for problem in problems:
            typer.echo(f"error: {problem}", err=True)
        typer.echo(f"{len(made)} scales in {out}, {before} of them from before; {len(problems)} rows left out")
        if not_begun:
            typer.echo(f"{not_begun} rows not begun; put the trouble right and run the same command again", err=True)
    if problems or not_begun:
        raise typer.Exit(words.SOME_LEFT_OUT if made else words.FAILED)
