"""One scale as the factory knows it: serial, secrets and home network, made and checked by the firmware's own rules.

Its files in a folder are for their owner's eyes alone. Neither its text nor an error shows a secret.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware.core import kept, settings
from firmware.core import serial as serials
from tools import private, reading

SETUP_KEY_CHARS = 12  # 59 bits: a recorded handshake can be guessed at without the scale
IDENTITY_FILE, WIFI_FILE = "identity.json", "wifi.json"


@dataclass(frozen=True)
class Scale:
    """An identity and, where it is known already, the home network. All values have passed the firmware's checks."""

    serial: str
    token: str = field(repr=False)
    setup_key: str | None = field(repr=False)
    wifi: dict[str, str] | None = field(default=None, repr=False)

    @property
    def identity(self) -> dict[str, str]:
        """The content of identity.json."""
        content = {"serial": self.serial, "thing_token": self.token}
        return content if self.setup_key is None else {**content, "setup_key": self.setup_key}

    @property
    def files(self) -> dict[str, bytes]:
        """The files that make a board this scale, by their names."""
        files = {IDENTITY_FILE: _json(self.identity)}
        return files if self.wifi is None else {**files, WIFI_FILE: _json(self.wifi)}


def from_files(identity: bytes, wifi: bytes | None = None) -> Scale:
    """The scale in the content of identity.json, plain or as the firmware keeps it. Raises ValueError."""
    found = settings.identity(_record(identity))
    network = None if wifi is None else _record(wifi)
    settings.wifi(network)
    return Scale(found.serial, found.thing_token, found.setup_key, network)


def says_the_same(found: bytes | None, wanted: bytes) -> bool:
    """Tell whether a settings file in flash says what `wanted` says, however it is written."""
    try:
        return found is not None and _record(found) == _record(wanted)
    except ValueError:
        return False


def load(folder: Path) -> Scale | None:
    """The scale whose files are in `folder`, None when there are none. Raises ValueError and OSError."""
    try:
        identity = reading.whole(folder / IDENTITY_FILE)
    except FileNotFoundError:
        return None
    wifi = folder / WIFI_FILE
    return from_files(identity, reading.whole(wifi) if wifi.exists() else None)


def save(scale: Scale, folder: Path) -> None:
    """Write the scale's files to `folder`, the identity last. Raises OSError."""
    private.make_folder(folder)
    for name, content in reversed(scale.files.items()):
        private.write(folder / name, content)


def home_network(ssid: bytes, key: str | None) -> dict[str, str]:
    """The content of wifi.json. Raises ValueError."""
    record = kept.wifi_record(kept.Wifi(ssid, key))
    settings.wifi(record)
    return record


def new_serial() -> str:
    """A serial that nobody has, as good as certainly."""
    return serials.make(os.urandom(serials.MIN_RANDOM_BYTES))


def new_setup_key() -> str:
    """A key that is read off a label without a doubt."""
    return "".join(secrets.choice(serials.ALPHABET) for _ in range(SETUP_KEY_CHARS))


def confusing(setup_key: str) -> bool:
    """Tell whether somebody who types the key off its label may mistake one of its characters."""
    return any(character in "0O1lI| `'\"" for character in setup_key)


def _json(content: Mapping[str, str]) -> bytes:
    return json.dumps(content).encode()


def _record(data: bytes) -> Any:
    """What is in a settings file: its content, or the record that the firmware has put it into."""
    try:
        found = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found["record"] if isinstance(found, dict) and "record" in found else found
