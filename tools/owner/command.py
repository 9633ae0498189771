"""`python -m tools app`: the owner's app on the command line.

Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 still waiting. No secret is taken from the command line.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from firmware.core import serial as serials
from tools import secret
from tools.owner import scan as scans
from tools.owner import session as sessions
from tools.owner.client import DEFAULT_URL, Claim, Platform, PlatformError
from tools.owner.text import printable

_STILL_WAITING = 3
_POLL_S = 2.0
_LONGEST_WAIT_S = 86_400.0  # the window of a claim

app = typer.Typer(no_args_is_help=True, help="The owner's app: find a scale, claim it, see and unlink what is yours.")

Url = Annotated[str, typer.Option(envvar="SCALE_URL", help="the platform's address")]
Ca = Annotated[
    Path | None, typer.Option(envvar="SCALE_CA", help="CA certificate (PEM); without it, the system's roots")
]
SessionFile = Annotated[
    Path | None, typer.Option(help="where the session token is kept; by default in the XDG state folder")
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST_WAIT_S:  # where no "nan" is
        raise typer.BadParameter(f"{text} is no number of seconds from 0 to {_LONGEST_WAIT_S:.0f}")
    return seconds


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
        session = platform.login(email, secret.read("Password", password_file, "SCALE_PASSWORD"))
        sessions.keep(session, url, session_file or sessions.default_path())
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
            claim = platform.link_token(secret.read("Thing token", token_file, "SCALE_TOKEN"))
    _report(claim, as_json)


@app.command()
def wait(
    serial: Annotated[str, typer.Option(help="the serial claimed before")],
    timeout_s: Annotated[float, typer.Option("--timeout", parser=_seconds, help="seconds to wait at most")] = 300.0,
    url: Url = DEFAULT_URL,
    ca: Ca = None,
    session_file: SessionFile = None,
    as_json: Json = False,
) -> None:
    """Claim a scale and wait until it has answered. Example: python -m tools app wait --serial 7KM2XQ9RTF --timeout 60"""
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        claim = _until_linked(platform, _serial(serial), time.monotonic() + timeout_s)
    _report(claim, as_json)


@app.command()
def things(url: Url = DEFAULT_URL, ca: Ca = None, session_file: SessionFile = None, as_json: Json = False) -> None:
    """List what is linked to the account. Example: python -m tools app things"""
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        found = platform.things()
    typer.echo(
        json.dumps(found) if as_json else "\n".join(map(printable, found)) or "nothing is linked to this account"
    )


@app.command(context_settings={"ignore_unknown_options": True})  # an id may begin with a dash
def unlink(
    thing_id: str, url: Url = DEFAULT_URL, ca: Ca = None, session_file: SessionFile = None, as_json: Json = False
) -> None:
    """Take a thing out of the account. Example: python -m tools app unlink 01234_567890-0abcde"""
    with _one_line_errors(), _platform(url, ca, session_file) as platform:
        platform.unlink(thing_id)
    _print({"message": "unlinked", "thing_id": thing_id}, f"unlinked {printable(thing_id)}", as_json)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except (PlatformError, scans.ScanError, secret.SecretError) as error:
        hint = "; log in first: python -m tools app login" if getattr(error, "code", 0) == 401 else ""
        typer.echo(f"error: {error}{hint}", err=True)
        raise typer.Exit(1) from None


def _platform(url: str, ca: Path | None, session_file: Path | None) -> Platform:
    return Platform(url, ca, sessions.read(url, session_file or sessions.default_path()))


def _until_linked(platform: Platform, serial: str, end_s: float) -> Claim:
    claim = platform.claim(serial)
    while not claim.linked and time.monotonic() + _POLL_S < end_s:
        time.sleep(_POLL_S)
        try:
            claim = platform.claim(serial)
        except PlatformError as error:
            if not error.passing:
                raise
    return claim


def _serial(text: str) -> str:
    try:
        return serials.parse(text)
    except ValueError as error:
        raise PlatformError(f"not a serial: {error}") from None


def _report(claim: Claim, as_json: bool) -> None:
    said = "waiting for the scale; it has to be on and in its Wi-Fi"
    if claim.thing_id is not None:
        said = f"linked, thing {printable(claim.thing_id)}"
    _print({"message": claim.message, "thing_id": claim.thing_id}, said, as_json)
    raise typer.Exit(0 if claim.linked else _STILL_WAITING)


def _print(data: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(data) if as_json else text)
