"""`python -m tools sandbox`: the local platform in the foreground, until Ctrl-C.

It prints where everything is, and no secret: the demo user's password goes to a file that only you can read.
"""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tools.sandbox.sandbox import Sandbox
from tools.usage import of_file

_FOLDER = Path(__file__).parents[2] / ".build" / "sandbox"
_EMAIL = "owner@example.com"


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port")] = 8443,
    bind: Annotated[str, typer.Option(help="address to listen on; 0.0.0.0 lets real boards in")] = "127.0.0.1",
    host: Annotated[
        list[str] | None, typer.Option(help="further name or address the certificate shall be good for")
    ] = None,
    folder: Annotated[Path, typer.Option(help="where it keeps what it knows")] = _FOLDER,
) -> None:
    """Start the local platform. Example: python -m tools sandbox --port 8443"""
    hosts = ["api.thethings.io", "localhost", "127.0.0.1", *(host or [])]
    try:
        with Sandbox(folder, hosts=hosts, port=port, bind=bind) as platform:
            _introduce(platform, folder)
            _follow(platform)
    except (ValueError, sqlite3.DatabaseError) as error:  # of a certificate, of what it remembers
        _end(f"what is kept in {folder} is damaged ({error}); remove that folder, or name another with --folder")
    except OSError as error:
        if error.filename is not None:
            _end(f"{of_file(error)}; name another folder with --folder")
        _end(f"port {port} cannot be had ({error.strerror}); give another with --port")


def _end(why: str) -> NoReturn:
    typer.echo(f"error: {why}", err=True)
    raise typer.Exit(1) from None


def _introduce(platform: Sandbox, folder: Path) -> None:
    password_file = folder / "password"
    password = secrets.token_urlsafe(12)
    platform.add_user(_EMAIL, password)
    with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password)
    der = folder / "ca.der"
    der.write_bytes(platform.ca_der)
    typer.echo(f"API       {platform.url}")
    typer.echo(f"its page  {platform.docs_url}")
    typer.echo(f"CA        {platform.ca_pem_path} (for clients), {der} (for devices: /certs)")
    typer.echo(f"user      {_EMAIL}, password in {password_file}")
    typer.echo(f"code      {platform.new_activation_code()} activates a thing: POST /v2/things")
    typer.echo("Ctrl-C ends it; what it knows is kept")


def _follow(platform: Sandbox) -> None:
    """Print each call as it comes."""
    ended = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.append(True))
    shown = len(platform.calls())
    while not ended:
        for call in platform.calls()[shown:]:
            shown += 1
            typer.echo(f"{call.method or '-'} {call.route or call.tls} {call.link_id} -> {call.status} {call.message}")
        time.sleep(0.1)
