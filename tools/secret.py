"""Takes a secret from a file, standard input, the environment or a prompt; never from the command line.

It does not keep it, and no message repeats it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from tools import reading, usage


class SecretError(RuntimeError):
    """There is no secret to be had, or its file cannot be used."""


def read(what: str, file: Path | None, variable: str, may_be_empty: bool = False) -> str:
    """The secret `what`: a line of `file` (- is standard input), else `$variable`, else typed. Raises SecretError."""
    value = os.environ.get(variable) if file is None else _line_of(file)
    if value is None:
        value = _typed(what, variable, may_be_empty)
    value = value.rstrip("\r\n")  # blanks may belong to a password
    if not (value or may_be_empty):
        source = f"${variable}" if file is None else "standard input" if str(file) == "-" else file
        raise SecretError(f"{source} is empty; put the {usage.inside(what)} into it")
    return value


def _line_of(file: Path) -> str | None:
    """None when it is to be typed after all."""
    try:
        if str(file) != "-":
            return reading.whole(file).decode()
        return None if sys.stdin.isatty() else sys.stdin.readline()
    except OSError as error:
        raise SecretError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeError:  # its own message would quote the bytes
        raise SecretError(f"{file} is not text") from None


def _typed(what: str, variable: str, may_be_empty: bool) -> str:
    if not sys.stdin.isatty():
        raise SecretError(f"there is nobody to ask for the {usage.inside(what)}; give it in a file or in ${variable}")
    default = "" if may_be_empty else None
    return str(typer.prompt(what, default, hide_input=True, show_default=False, err=True))
