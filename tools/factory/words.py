"""How the factory's commands end when something is in the way: one line that says what to do, and an exit status.

0 done, 1 refused or failed, 2 wrong usage, 3 some rows of a batch left out, 130 interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from tools import private, secret, usage
from tools.board.errors import BoardError
from tools.factory.ledger_file import LedgerError
from tools.factory.order import OrderError
from tools.factory.provision import RefusedError
from tools.factory.table import TableError
from tools.owner.client import PlatformError

FAILED, SOME_LEFT_OUT = 1, 3

LedgerFile = Annotated[Path | None, typer.Option("--ledger", help="the ledger; by default in the XDG data folder")]


class MissingError(RuntimeError):
    """The packages that draw labels are not installed."""


def default_ledger() -> Path:
    """The ledger unless the user names another."""
    return private.data_folder() / "ledger.sqlite"


def sheets() -> ModuleType:
    """The module that draws labels; what it stands on is not installed for the other commands. Raises MissingError."""
    try:
        from tools.factory import sheet
    except ModuleNotFoundError as error:
        raise MissingError(f"the package {error.name} is missing; run `make setup-factory`") from None
    return sheet


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Print what is in the way and end with its exit status."""
    try:
        yield
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("\ninterrupted; run the same command again to go on", err=True)
        raise typer.Exit(usage.STOPPED) from None
    except PlatformError as error:
        hint = "; check the network, --url and --ca, then run the same command again" if error.code == 0 else ""
        raise _ended(f"{error}{hint}") from None
    except (OrderError, LedgerError) as error:
        raise _ended(f"the {error.field.replace('_', ' ')} {error}" if error.field else str(error)) from None
    except (BoardError, MissingError, RefusedError, TableError, secret.SecretError) as error:
        raise _ended(str(error)) from None
    except OSError as error:
        raise _ended(usage.of_file(error)) from None


def _ended(text: str) -> typer.Exit:
    typer.echo(f"error: {text}", err=True)
    return typer.Exit(FAILED)
