"""Takes a secret from a file, standard input, the environment or a prompt; never from the command line.

It does not keep it, and no message repeats it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer


class SecretError(RuntimeError):
    """The file with the secret cannot be used."""


def read(what: str, file: Path | None, variable: str, may_be_empty: bool = False) -> str:
    """The secret `what`: a line of `file` (- is standard input), else `$variable`, else typed. Raises SecretError."""
    try:
        if file is not None and (str(file) != "-" or not sys.stdin.isatty()):
            value = sys.stdin.readline() if str(file) == "-" else file.read_text()
        else:
            default = "" if may_be_empty else None
            value = os.environ.get(variable) or typer.prompt(
                what, default, hide_input=True, show_default=False, err=True
            )
    except OSError as error:
        raise SecretError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeError:  # its own message would quote the bytes
        raise SecretError(f"{file} is not text") from None
    return value.rstrip("\r\n")  # blanks may belong to a password
