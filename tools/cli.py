"""The command line's table of contents: each command is a function elsewhere, loaded when it is called.

Errors that a person can put right come out as one line and exit status 1.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any, NoReturn

import typer

from tools import terminal
from tools.usage import STOPPED, Commands, Home, of_file


def run() -> None:
    """Show a scale linking itself on the desk. Example: python -m tools run"""
    from tools import run as shows

    raise typer.Exit(shows.run())


def page() -> None:
    """Open the set-up page of a simulated scale to your browser. Example: python -m tools page"""
    from tools import preview

    preview.show()


def build() -> None:
    """Build the device's files into .build/device. Example: python -m tools build"""
    from tools import build as builds

    raise typer.Exit(builds.main())


def unit(only: Annotated[list[str] | None, typer.Argument(help="words that pick suites")] = None) -> None:
    """Run the unit tests on MicroPython. Example: python -m tools unit link schedule"""
    from tools import test as tests

    raise typer.Exit(1 if tests.unit(only).failed else 0)


def serial() -> None:
    """Make a new serial. Example: python -m tools serial"""
    from firmware.core import serial as serials

    typer.echo(serials.make(os.urandom(serials.MIN_RANDOM_BYTES)))


def _here() -> dict[str, Any]:
    return {"run": run, "page": page, "build": build, "unit": unit, "serial": serial}


def _images() -> dict[str, Any]:
    from tools.board.command import flash, image

    return {"flash": flash, "image": image}


def _boards() -> dict[str, Any]:
    from tools.board.deploy_command import deploy
    from tools.board.talk import logs, repl, status

    return {"deploy": deploy, "status": status, "logs": logs, "repl": repl}


def _device() -> dict[str, Any]:
    from tools.board.device_command import device

    return {"device": device}


def _factory() -> dict[str, Any]:
    from tools.factory.batch_command import batch, labels, ledger
    from tools.factory.command import provision

    return {"provision": provision, "batch": batch, "labels": labels, "ledger": ledger}


def _desk() -> dict[str, Any]:
    from tools.owner.command import app as owner
    from tools.simulator.command import desk, sim

    return {"sim": sim, "desk": desk, "app": owner}


def _sandbox() -> dict[str, Any]:
    from tools.sandbox.command import sandbox

    return {"sandbox": sandbox}


def _soak() -> dict[str, Any]:
    from tools.soak.command import outage, soak

    return {"soak": soak, "outage": outage}


class _Ours(Commands):
    homes: dict[str, Home] = {
        **dict.fromkeys(("run", "page", "build", "unit", "serial"), _here),
        **dict.fromkeys(("flash", "image"), _images),
        **dict.fromkeys(("deploy", "status", "logs", "repl"), _boards),
        "device": _device,
        **dict.fromkeys(("provision", "batch", "labels", "ledger"), _factory),
        **dict.fromkeys(("sim", "desk", "app"), _desk),
        "sandbox": _sandbox,
        **dict.fromkeys(("soak", "outage"), _soak),
    }


_commands = typer.Typer(
    cls=_Ours,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # there are secrets among them
)


@_commands.callback()
def _tools() -> None:
    """Host tools of the scale firmware."""


def app() -> None:
    """Run the command line."""
    terminal.stop_as_by_ctrl_c()
    with terminal.output():
        try:
            _commands()
        except KeyboardInterrupt:  # outside of any command
            sys.exit(STOPPED)
        except OSError as error:
            _end(of_file(error))
        except RuntimeError as error:
            from tools import build as builds
            from tools import vendor

            if not isinstance(error, (builds.BuildError, vendor.VendorError)):
                raise
            _end(str(error))


def _end(why: str) -> NoReturn:
    print(f"error: {why}", file=sys.stderr)
    sys.exit(1)
