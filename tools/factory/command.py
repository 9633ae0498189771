"""`python -m tools provision`: one board gets its identity.

No secret is taken from the command line, and none is printed; `words` has the exit statuses.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from firmware.core.ssid import ssid_for
from tools import private, secret, usage
from tools.board.words import need_port
from tools.factory import provision as boards
from tools.factory import scale as scales
from tools.factory import words
from tools.factory.board import connected
from tools.factory.ledger import Ledger
from tools.factory.order import Order, OrderError, parse
from tools.factory.scale import Scale
from tools.owner.client import DEFAULT_URL, Platform
from tools.owner.command import Ca, Json, Url

_File = Path | None
_Token = Annotated[_File, typer.Option(help="file with the thing token, - for standard input")]
_Activate = Annotated[bool, typer.Option("--activate", help="get the token by an activation code")]
_SetupKey = Annotated[_File, typer.Option(help="file with the setup key, - for standard input; without it, a new one")]
_From = Annotated[_File, typer.Option("--from", help="folder of a scale made before, by a batch say")]
_Out = Annotated[_File, typer.Option(help="where the scale's files go; by default beside the ledger")]
_Replace = Annotated[bool, typer.Option("--replace", help="put it in the place of another identity")]
_Move = Annotated[bool, typer.Option("--move", help="it was on another board, which is gone")]


@dataclass(frozen=True)
class _Files:
    """Where secrets come from, if from files."""

    token: _File
    code: _File
    setup_key: _File
    wifi_key: _File


def provision(
    port: Annotated[str, typer.Option(help="the board's serial port")] = "",
    serial: Annotated[str, typer.Option(help="the serial; without it, a new one")] = "",
    token_file: _Token = None,
    activate: _Activate = False,
    code_file: Annotated[_File, typer.Option(help="file with the activation code")] = None,
    setup_key_file: _SetupKey = None,
    wifi_ssid: Annotated[str, typer.Option(help="the home network, if it is known already")] = "",
    wifi_key_file: Annotated[_File, typer.Option(help="file with that network's key")] = None,
    made: _From = None,
    out: _Out = None,
    ledger: words.LedgerFile = None,
    url: Url = DEFAULT_URL,
    ca: Ca = None,
    replace: _Replace = False,
    move: _Move = False,
    as_json: Json = False,
) -> None:
    """Give a board its identity, and make its label.

    Token, code and keys come from files, $SCALE_TOKEN, $SCALE_ACTIVATION_CODE, $SCALE_SETUP_KEY, $SCALE_WIFI_KEY, or a prompt.

    Example: python -m tools provision --port /dev/ttyUSB0 --activate
    """
    need_port(port, "provision", ' ARGS="--activate"')
    files = _Files(token_file, code_file, setup_key_file, wifi_key_file)
    made = made and made.resolve()
    _refuse_contradictions(made, serial, activate, wifi_ssid, files)
    with words.one_line_errors():
        sheet = words.sheets()
        _say(f"looking for a board at {port}")
        out = out or (made.parent if made else private.data_folder() / "scales")
        with Ledger(ledger or words.default_ledger()) as book, Platform(url, ca) as platform, connected(port) as board:
            order = _made_before(made) if made else _asked(serial, activate, wifi_ssid, files)
            rules = boards.Rules(replace, move)
            scale = boards.provision(board, order, book, out, platform.activate, rules, _say)
        sheet.write_one(scale, out / scale.serial)
    _report(scale, out / scale.serial, as_json)


def _refuse_contradictions(made: _File, serial: str, activate: bool, wifi_ssid: str, files: _Files) -> None:
    """Raise WantedError where one option would make nothing of another."""
    asked = {
        "--serial": serial,
        "--activate": activate,
        "--code-file": files.code,
        "--token-file": files.token,
        "--setup-key-file": files.setup_key,
        "--wifi-ssid": wifi_ssid,
        "--wifi-key-file": files.wifi_key,
    }
    given = [option for option, value in asked.items() if value]
    if made and given:
        raise usage.WantedError(f"--from brings a whole identity along; leave out {' and '.join(given)}")
    if files.token and (activate or files.code):
        raise usage.WantedError("a thing token or an activation code? give --token-file or --activate, not both")
    if files.wifi_key and not wifi_ssid:
        raise usage.WantedError("the key of which network? give --wifi-ssid beside --wifi-key-file")


def _asked(serial: str, activate: bool, wifi_ssid: str, files: _Files) -> Order:
    values: dict[str, str | None] = {"serial": serial, "wifi_ssid": wifi_ssid}
    if activate or files.code:
        values["activation_code"] = secret.read("Activation code", files.code, "SCALE_ACTIVATION_CODE")
    else:
        values["thing_token"] = secret.read("Thing token", files.token, "SCALE_TOKEN")
    if files.setup_key or os.environ.get("SCALE_SETUP_KEY"):
        values["setup_key"] = secret.read("Setup key", files.setup_key, "SCALE_SETUP_KEY")
        if scales.confusing(values["setup_key"]):
            _say(
                "warning: the setup key has characters that are easily mistaken on a label; its QR code has them right"
            )
    if wifi_ssid:
        what = f"Key of {wifi_ssid} (none for an open network)"
        values["wifi_key"] = secret.read(what, files.wifi_key, "SCALE_WIFI_KEY", may_be_empty=True)
    return parse(values)


def _made_before(folder: Path) -> Order:
    try:
        scale = scales.load(folder)
    except ValueError:
        scale = None
    if scale is None:
        raise OrderError(f"{folder} holds no {scales.IDENTITY_FILE} that can be used; name the folder of one scale")
    if folder.name != scale.serial:
        raise OrderError(f"{folder} should have the name of its scale, {scale.serial}")
    return Order(token=scale.token, serial=scale.serial, setup_key=scale.setup_key, wifi=scale.wifi)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _report(scale: Scale, folder: Path, as_json: bool) -> None:
    ssid = ssid_for(scale.serial).decode()
    if as_json:
        typer.echo(json.dumps({"serial": scale.serial, "ssid": ssid, "folder": str(folder)}))
    else:
        typer.echo(f"{scale.serial} is ready; label and card to print are in {folder}")
