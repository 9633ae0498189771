"""`python -m tools deploy`: what it is told, and what it shows.

How it ends is said in `words`.
"""

from __future__ import annotations

import typer

from tools.board import deploy as deploys
from tools.board import words as ours
from tools.board.words import Ca, Json, Port

_DOES_NOT_START = ("Traceback", "boot: the update is not finished", "boot: warning: safe mode")
_WAITS = "boot: warning: not started"


def deploy(port: Port = "", ca: Ca = None, as_json: Json = False) -> None:
    """Bring the program on a board up to date: sends what has changed, and shows how it starts.

    Example: python -m tools deploy --port /dev/ttyUSB0
    """
    ours.need_port(port, "deploy")
    with ours.one_line_errors("the board starts a whole program; run the same command again"):
        tree = ours.program(ca)
        with ours.progress("sending") as show:
            outcome = deploys.deploy(port, tree, show)
    change = outcome.change
    if not as_json:
        for path in change.send:
            typer.echo(f"sent     {path}")
        for path in change.remove:
            typer.echo(f"removed  {path}")
        for line in outcome.boot:
            typer.echo(f"  {line}")
    words = (
        f"{len(change.send)} files sent, {len(change.remove)} removed" if not change.is_empty else "nothing has changed"
    )
    starts = bool(outcome.boot) and not any(line.startswith(_DOES_NOT_START) for line in outcome.boot)
    waits = any(line.startswith(_WAITS) for line in outcome.boot)
    words += ", and it started" if starts else "; it does not start, see above" if outcome.boot else "; it is silent"
    words += f", but it lacks what is named above; next: make provision PORT={port}" if starts and waits else ""
    ours.say(as_json, words, sent=list(change.send), removed=change.remove, boot=outcome.boot, started=starts)
    raise typer.Exit(0 if starts else 1)
