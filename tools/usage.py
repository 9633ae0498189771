"""How the command line says that something was left out or misspelt: one line, and exit status 2.

What a command needs it asks for itself, so that the line can name the words that `make` wants.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

_WRONG_USAGE = 2
STOPPED = 130  # by Ctrl-C
_BUILT = Path(__file__).parents[1] / ".build"
Home = Callable[[], dict[str, Any]]


class WantedError(typer.TyperException):
    """What the command cannot do without was not given; the message asks for it and shows how to give it."""


def need(value: object, question: str, example: str) -> None:
    """Raise WantedError unless there is a `value`; `example` is a whole command that gives one."""
    if not value:
        raise WantedError(f"{question} {example}")


def inside(text: str) -> str:
    """`text` as it stands inside a sentence; a name further on in it stays as it is."""
    return text[:1].lower() + text[1:]


def of_file(error: OSError) -> str:
    """What is the matter with a file, for one line."""
    if error.filename is None:
        return error.strerror or str(error)
    mine = error.errno in (errno.EACCES, errno.EPERM) and _BUILT in (path := Path(error.filename), *path.parents)
    advice = "; another account has built here: `sudo chown -R $USER .build`, or remove that folder" if mine else ""
    return f"{error.filename}: {error.strerror}{advice}"


class Commands(TyperGroup):
    """Commands whose modules are loaded when they are called; `homes` has a function for each name that finds it."""

    homes: dict[str, Home] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of help."""
        return list(self.homes)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, None when there is none."""
        if cmd_name not in self.homes:
            return None
        found = self.homes[cmd_name]()[cmd_name]
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
            alone.command(cmd_name)(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command

    def main(self, args: Any = None, *more: Any, **extra: Any) -> Any:
        """Run, and exit; what is wrong with the words that were given is one line."""
        words = list(sys.argv[1:] if args is None else args)
        try:
            status = super().main(words, *more, **(extra | {"standalone_mode": False}))
        except typer.TyperException as error:
            known = self._named_by(words, error)
            if not str(error) and not getattr(error, "message", ""):
                raise SystemExit(_WRONG_USAGE) from None  # it has printed its help
            typer.echo(f"{' '.join(known) or 'tools'}: {_said(error, known)}", err=True)
            raise SystemExit(_WRONG_USAGE) from None
        except typer.Abort:
            raise SystemExit(STOPPED) from None
        raise SystemExit(status if isinstance(status, int) else 0)

    def _named_by(self, words: list[str], error: typer.TyperException) -> list[str]:
        """The command that `words` name, and the one below it if the error is its."""
        if not words or words[0] not in self.homes:
            return []
        context = getattr(error, "ctx", None)
        path = context.command_path.split() if context else words[:1]
        return path[path.index(words[0]) :] if words[0] in path else words[:1]


def _said(error: typer.TyperException, known: list[str]) -> str:
    if isinstance(error, WantedError):
        return str(error)
    words = " ".join(error.format_message().split()).rstrip(".")  # pyright: ignore
    return f"{inside(words)}; see python -m tools {' '.join([*known, '--help'])}"
