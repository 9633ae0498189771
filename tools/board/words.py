"""What the commands for a board have in common: the options they share, how they show progress, and how they end.

Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 the port cannot be used, 4 broken off midway, 130 told to end.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from tools import build, reading, usage
from tools.board import port as ports
from tools.board.errors import BoardError

Show = Callable[[int, int], None]  # bytes done, bytes in all
Port = Annotated[str, typer.Option(help="the board's serial port, /dev/ttyUSB0 say")]
Ca = Annotated[
    Path | None, typer.Option(help="DER certificate the scale shall trust instead of the public roots; for a sandbox")
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def need_port(port: str, command: str, more: str = "") -> None:
    """Ask for the port when there is none, with those in sight; `more` ends the example. Raises usage.WantedError."""
    usage.need(port, "which board?", f"make {command} PORT=/dev/ttyUSB0{more}; {ports.in_sight()}")


def program(ca: Path | None) -> dict[str, bytes]:
    """The device's files, trusting `ca` if given. Raises BoardError, BuildError and VendorError."""
    return build.device_tree() if ca is None else build.trusting(read(ca))


def read(path: Path) -> bytes:
    """The content of a file. Raises BoardError."""
    try:
        return reading.whole(path)
    except OSError as error:
        raise BoardError(f"{path} cannot be read: {error.strerror}") from None


@contextlib.contextmanager
def one_line_errors(when_stopped: str) -> Iterator[None]:
    """Errors of a board come out as one line and their exit status, a Ctrl-C with what it leaves."""
    try:
        yield
    except BoardError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(error.status) from None
    except KeyboardInterrupt:
        typer.echo(f"stopped: {when_stopped}", err=True)
        raise typer.Exit(usage.STOPPED) from None


@contextlib.contextmanager
def progress(words: str) -> Iterator[Show]:
    """A bar on the error channel while something is on its way; none where nobody looks."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console  # takes its time to load
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def say(as_json: bool, words: str, **facts: Any) -> None:
    """Print `words`, or the facts as JSON."""
    typer.echo(json.dumps(facts) if as_json else words)
