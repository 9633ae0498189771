"""`python -m tools app`: the owner's app on the command line.

Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 still waiting. No secret is taken from the command line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from firmware.core import serial as serials
from tools.owner import scan as scans
from tools.owner.client import DEFAULT_URL, Claim, Platform, PlatformError

_STILL_WAITING = 3
_POLL_S = 2.0

app = typer.Typer(no_args_is_help=True, help="The owner's app: find a scale, claim it, see and unlink what is yours.")

Url = Annotated[str, typer.Option(envvar="SCALE_URL", help="the platform's address")]
Ca = Annotated[
    Path | None, typer.Option(envvar="SCALE_CA", help="CA certificate (PEM); without it, the system's roots")
]
SessionFile = Annotated[
    Path | None, typer.Option(help="where the session token is kept; by default in the XDG state folder")
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command()
def scan(
    ether: Annotated[Path, typer.Option(help="the simulator's socket")] = scans.ETHER,
    as_json: Json = False,
    everything: Annotated[bool, typer.Option("--all", help="show the other networks too")] = False,
) -> None:
    """Look for scales on the air. Example: python -m tools app scan"""
    with _one_line_errors():
        seen = scans.networks(ether)
    shown = [network for network in seen if everything or network.serial]
    if as_json:
        rows = [{"ssid": network.name, "serial": network.serial, "rssi_dbm": network.rssi_dbm} for network in shown]
        typer.echo(json.dumps(rows))
    else:
        for network in shown:
            typer.echo(f"{network.name:<34} {network.rssi_dbm:>4} dBm  {network.serial or '-'}")
        if not any(network.serial for network in shown):
            typer.echo(f"no scale among {len(seen)} networks", err=True)
    raise typer.Exit(0 if any(network.serial for network in seen) else 1)


@app.command()
def login(
    email: Annotated[str, typer.Option(help="the account")],
    password_file: Annotated[Path | None, typer.Option(help="file with the password, - for standard input")] = None,
    url: Url = DEFAULT_URL,
    ca: Ca = None,
    session_file: SessionFile = None,
) -> None:
    """Open a session; the password comes from a prompt, a file or $SCALE_PASSWORD.

    Example: python -m tools app login --email owner@example.com
    """
    with _one_line_errors(), Platform(url, ca) as platform:
        _keep(platform.login(email, _secret("Password", password_file, "SCALE_PASSWORD")), session_file)
    typer.echo(f"logged in as {email}")


@app.command()
def link(
    serial: Annotated[str, typer.Option(help="the serial in the scale's network name")] = "",
    token_file: Annotated[Path | None, typer.Option(help="file with the thing token, - for standard input")] = None,
    token: Annotated[bool, typer.Option("--token", help="link by thing token, asked for at a prompt")] = False,
    url: Url = DEFAULT_URL,
    ca: Ca = None,
    session_file: SessionFile = None,
    as_json: Json = False,
) -> None:
    """Claim a scale by its serial, or by the thing token on its card. Example: python -m tools app link --serial 7KM2XQ9RTF"""
    if bool(serial) == (token or token_file is not None):
        raise typer.BadParameter("give --serial, or --token, or --token-file")
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        if serial:
            claim = platform.claim(_serial(serial))
        else:
            claim = platform.link_token(_secret("Thing token", token_file, "SCALE_TOKEN"))
    _report(claim, as_json)


@app.command()
def wait(
    serial: Annotated[str, typer.Option(help="the serial claimed before")],
    timeout_s: Annotated[float, typer.Option("--timeout", help="seconds to wait at most")] = 300.0,
    url: Url = DEFAULT_URL,
    ca: Ca = None,
    session_file: SessionFile = None,
    as_json: Json = False,
) -> None:
    """Claim a scale and wait until it has answered. Example: python -m tools app wait --serial 7KM2XQ9RTF --timeout 60"""
    end_s = time.monotonic() + timeout_s
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        claim = platform.claim(_serial(serial))
        while not claim.linked and time.monotonic() + _POLL_S < end_s:
            time.sleep(_POLL_S)
            claim = platform.claim(_serial(serial))
    _report(claim, as_json)


@app.command()
def things(url: Url = DEFAULT_URL, ca: Ca = None, session_file: SessionFile = None, as_json: Json = False) -> None:
    """List what is linked to the account. Example: python -m tools app things"""
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        found = platform.things()
    typer.echo(json.dumps(found) if as_json else "\n".join(found) or "nothing is linked to this account")


@app.command()
def unlink(
    thing_id: str, url: Url = DEFAULT_URL, ca: Ca = None, session_file: SessionFile = None, as_json: Json = False
) -> None:
    """Take a thing out of the account. Example: python -m tools app unlink 01234_567890-0abcde"""
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        platform.unlink(thing_id)
    _print({"message": "unlinked", "thing_id": thing_id}, f"unlinked {thing_id}", as_json)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except (PlatformError, scans.ScanError) as error:
        hint = "; log in first: python -m tools app login" if getattr(error, "code", 0) == 401 else ""
        typer.echo(f"error: {error}{hint}", err=True)
        raise typer.Exit(1) from None


def _platform(url: str, ca: Path | None, session_file: Path | None) -> Platform:
    path = _session_path(session_file)
    try:
        return Platform(url, ca, path.read_text().strip())
    except OSError:
        raise PlatformError(f"no session in {path}", 401) from None


def _session_path(given: Path | None) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return given or state / "scale-link" / "session"


def _keep(session: str, session_file: Path | None) -> None:
    path = _session_path(session_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)  # an old file may have been readable by others
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(session)


def _secret(what: str, file: Path | None, variable: str) -> str:
    """A secret from a file, standard input, the environment or a prompt; never from the command line."""
    try:
        if file is not None:
            value = sys.stdin.readline() if str(file) == "-" else file.read_text()
        else:
            value = os.environ.get(variable) or typer.prompt(what, hide_input=True)
    except OSError as error:
        raise PlatformError(f"{file} cannot be read: {error.strerror}") from None
    return value.strip()


def _serial(text: str) -> str:
    try:
        return serials.parse(text)
    except ValueError as error:
        raise PlatformError(f"not a serial: {error}") from None


def _report(claim: Claim, as_json: bool) -> None:
    said = (
        f"linked, thing {claim.thing_id}" if claim.linked else "waiting for the scale; it has to be on and in its Wi-Fi"
    )
    _print({"message": claim.message, "thing_id": claim.thing_id}, said, as_json)
    raise typer.Exit(0 if claim.linked else _STILL_WAITING)


def _print(data: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(data) if as_json else text)
