"""`python -m tools status`, `logs` and `repl`: an engineer's questions to a board, through its own REPL.

The answers are made on the board (`firmware/repl.py`), with secrets left out there.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated

import serial
import typer

from tools.board import port as ports
from tools.board import remote
from tools.board.errors import BoardError, BrokenOff
from tools.board.remote import RemoteError
from tools.board.words import Json, Port, need_port, one_line_errors

_BAUD = 115_200
_GLANCE_S = 0.1
_NO_PROGRAM = ("ImportError", "AttributeError")
_STOPPED = (
    "the firmware was stopped for this question and starts anew; `make logs ARGS=--live` listens without stopping it"
)


def status(port: Port = "", as_json: Json = False) -> None:
    """Show how the scale is, on one screen. Its firmware is stopped for it, and started again.

    Example: python -m tools status --port /dev/ttyUSB0
    """
    need_port(port, "status")
    with one_line_errors("the board may be stopped; its reset button starts it again"):
        said = _asked(port, "status")
    facts = dict(line.split(":", 1) for line in said.splitlines() if ":" in line)
    typer.echo(json.dumps({name: value.strip() for name, value in facts.items()}) if as_json else said, nl=as_json)


def logs(
    port: Port = "",
    live: Annotated[
        bool, typer.Option("--live", help="only what comes from now on; the firmware is not stopped")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="do not go on to what comes")] = False,
) -> None:
    """Show the last crash and the last lines of the log, start the board again, and follow it until Ctrl-C.

    Example: python -m tools logs --port /dev/ttyUSB0
    """
    need_port(port, "logs")
    with one_line_errors(""):
        if not live:
            typer.echo(_asked(port, "logs"), nl=False)
        if not once:
            ports.check(port)
            _follow(port)


def repl(port: Port = "") -> None:
    """Open the board's REPL with mpremote; `app.status()` and `app.logs()` are there.

    Example: python -m tools repl --port /dev/ttyUSB0
    """
    need_port(port, "repl")
    with one_line_errors(""):
        ports.check(port)
        if not sys.stdin.isatty():
            raise BoardError(
                f"a REPL needs a terminal to type at; `mpremote connect {port} resume exec CODE` does without"
            )
    os.execv(sys.executable, [sys.executable, "-m", "mpremote", "connect", port, "resume", "repl"])


def _asked(port: str, question: str) -> str:
    """What the board answers. Only Ctrl-C gets through to a REPL, so its firmware stops; it is let run whatever happens."""
    with remote.connected(port, soft_reset=False) as board:
        try:
            said = board.run(f"from firmware import app\napp.{question}()").replace("\r", "")
        except RemoteError as error:
            if not any(words in str(error) for words in _NO_PROGRAM):
                raise
            advice = f"`make deploy PORT={port}`"
            raise BoardError(f"the scale's program is not on the board, or an old one; {advice}") from None
        finally:
            board.let_run()
    typer.echo(_STOPPED, err=True)
    return said


def _follow(port: str) -> None:
    try:
        with serial.Serial(port, _BAUD, timeout=_GLANCE_S, exclusive=True) as line:
            while True:
                typer.echo(line.read(4096).decode(errors="replace").replace("\r", ""), nl=False)
    except (serial.SerialException, OSError):
        raise BrokenOff(f"lost the board on {port}") from None
    except KeyboardInterrupt:
        typer.echo()
