"""From what is asked for to a scale with an identity of its own: reserves, activates, generates, and keeps it in a folder.

A second try with the same order, after whatever stopped the first, goes on with the same identity.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware.core import fields, wifi_fields
from firmware.core import serial as serials
from tools.factory import scale as scales
from tools.factory.ledger import Ledger
from tools.factory.scale import Scale
from tools.owner.client import PlatformError

FIELDS = ("serial", "thing_token", "activation_code", "setup_key", "wifi_ssid", "wifi_key")
_MAX_CODE_CHARS = 256
Activate = Callable[[str], str]


class OrderError(RuntimeError):
    """The order cannot be carried out; `field` is the value at fault, if any. No message repeats a secret."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Order:
    """One scale to make: a thing token or an activation code; what is None is generated, but for the home network."""

    token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    serial: str | None = None
    setup_key: str | None = field(default=None, repr=False)
    wifi: dict[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Made:
    """What came of an order; `was_done` tells that nothing was left to do."""

    scale: Scale
    was_done: bool


def parse(values: Mapping[str, str | None]) -> Order:
    """The order in `values`, by the names in `FIELDS`; what is missing or empty is not given. Raises OrderError."""
    given = {name: value for name, value in values.items() if value}
    if ("thing_token" in given) == ("activation_code" in given):
        raise OrderError("or an activation code has to be given, and not both", "thing_token")
    if "wifi_key" in given and "wifi_ssid" not in given:
        raise OrderError("is missing beside the wifi key", "wifi_ssid")
    ssid = _checked(given, "wifi_ssid", wifi_fields.ssid)
    key = _checked(given, "wifi_key", wifi_fields.wifi_key)
    return Order(
        _checked(given, "thing_token", fields.token),
        _checked(given, "activation_code", _code),
        _checked(given, "serial", _serial),
        _checked(given, "setup_key", wifi_fields.passphrase),
        scales.home_network(ssid, key) if ssid else None,
    )


def carry_out(order: Order, ledger: Ledger, out: Path, activate: Activate) -> Made:
    """Make the scale of this order, its files in the folder of its serial below `out`.

    Raises OrderError, LedgerError, PlatformError and OSError.
    """
    entry = ledger.reserve(order.serial, order.token, order.code)
    folder = out / entry.serial
    kept = _kept(folder)
    if kept is None and (entry.done_at or entry.has_token and order.token is None):
        raise OrderError(
            f"{entry.serial} was made before, but its files are not in {out}; name their folder with --out"
        )
    token = order.token or (kept.token if kept else _activated(order.code or "", entry.serial, ledger, activate))
    scale = Scale(
        entry.serial,
        token,
        order.setup_key or (kept and kept.setup_key) or scales.new_setup_key(),
        order.wifi or (kept and kept.wifi),
    )
    if scale != kept:
        scales.save(scale, folder)
    if not entry.has_token:
        ledger.know_token(entry.serial, token)
    return Made(scale, was_done=bool(entry.done_at) and scale == kept)


def _kept(folder: Path) -> Scale | None:
    try:
        return scales.load(folder)
    except ValueError:
        raise OrderError(f"{folder / scales.IDENTITY_FILE} is damaged; put a copy of it back") from None


def _activated(code: str, serial: str, ledger: Ledger, activate: Activate) -> str:
    try:
        token = activate(code)
    except PlatformError as error:
        if not error.passing:
            ledger.forget(serial)
        raise PlatformError(str(error).replace(code, "..."), error.code) from None
    try:
        return fields.token(token)
    except ValueError as error:
        raise OrderError(f"brought a thing token that {error}", "activation_code") from None


def _checked(given: Mapping[str, str], name: str, check: Callable[[str], Any]) -> Any:
    if name not in given:
        return None
    try:
        return check(given[name])
    except ValueError as error:
        raise OrderError(str(error), name) from None


def _serial(value: str) -> str:
    try:
        return serials.parse(value)
    except ValueError as error:
        raise ValueError(f"cannot be used ({error})") from None


def _code(value: str) -> str:
    if len(value) > _MAX_CODE_CHARS or not all("!" <= character <= "~" for character in value):
        raise ValueError(f"is not 1 to {_MAX_CODE_CHARS} printable ASCII characters without blanks")
    return value
