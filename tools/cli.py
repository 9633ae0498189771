"""The command line's table of contents: each command is a function elsewhere.

Errors that a person can put right come out as one line and exit status 1.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from firmware.core import serial as serials
from tools import build as builds
from tools import test as tests
from tools import vendor
from tools.board.command import deploy, flash, image
from tools.board.talk import logs, repl, status
from tools.factory.batch_command import batch, labels, ledger
from tools.factory.command import provision
from tools.owner.command import app as owner_app
from tools.sandbox.command import sandbox
from tools.simulator.command import desk, sim
from tools.soak.command import outage, soak

_commands = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # there are secrets among them
    help="Host tools of the scale firmware.",
)
_commands.command()(sim)
_commands.command()(desk)
_commands.command()(sandbox)
_commands.command()(flash)
_commands.command()(deploy)
_commands.command()(image)
_commands.command()(status)
_commands.command()(logs)
_commands.command()(repl)
_commands.command()(provision)
_commands.command()(batch)
_commands.command()(labels)
_commands.command()(ledger)
_commands.command()(soak)
_commands.command()(outage)
_commands.add_typer(owner_app, name="app")


@_commands.command()
def run() -> None:
    """Show a scale linking itself on the desk. Example: python -m tools run"""
    from tools import run as shows

    raise typer.Exit(shows.run())


@_commands.command()
def page() -> None:
    """Open the set-up page of a simulated scale to your browser. Example: python -m tools page"""
    from tools import preview

    preview.show()


@_commands.command()
def build() -> None:
    """Build the device's files into .build/device. Example: python -m tools build"""
    raise typer.Exit(builds.main())


@_commands.command()
def unit(only: Annotated[list[str] | None, typer.Argument(help="words that pick suites")] = None) -> None:
    """Run the unit tests on MicroPython. Example: python -m tools unit link schedule"""
    raise typer.Exit(1 if tests.unit(only).failed else 0)


@_commands.command()
def serial() -> None:
    """Make a new serial. Example: python -m tools serial"""
    typer.echo(serials.make(os.urandom(serials.MIN_RANDOM_BYTES)))


def app() -> None:
    """Run the command line."""
    try:
        _commands()
    except (builds.BuildError, vendor.VendorError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
