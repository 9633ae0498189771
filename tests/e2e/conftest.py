"""What the end-to-end tests share: a desk, and boards with a few lines of code on them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from firmware.core import serial as serials
from firmware.core.ssid import ssid_for
from tests.e2e.bench import Bench
from tools import build
from tools.owner.client import Platform
from tools.sandbox import Call, Sandbox
from tools.simulator import flash
from tools.simulator.device import Device
from tools.simulator.phone import Phone
from tools.simulator.world import HOME_KEY, World, provisioned
from tools.soak import seeds

if TYPE_CHECKING:
    from tests.e2e.spoil import Desk

API_HOST = "api.thethings.io"
SETUP_KEY = "KEY4SETUP9"

PROMPT = r">>> $"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "desk") as desk:
        yield desk


@pytest.fixture
def board(world: World) -> Callable[..., Device]:
    """Makes a board with `main.py` (and other files) in its flash, switched on unless told otherwise."""

    def make(main: str = "", on: bool = True, files: dict[str, str] | None = None, **options: Any) -> Device:
        tree = {path: text.encode() for path, text in (files or {}).items()}
        device = world.new_device({"/main.py": main.encode(), **tree}, **options)
        if on:
            device.power_on()
        return device

    return make


@pytest.fixture
def bench(world: World, sandbox: Sandbox, tmp_path: Path) -> Bench:
    return Bench(world, sandbox, tmp_path)


@pytest.fixture
def desk(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    from tests.e2e import spoil  # which stands on this module

    return spoil.set_up(world, tmp_path, monkeypatch)


@dataclass
class Scale:
    """A provisioned scale, the platform it belongs to, and its owner."""

    world: World
    sandbox: Sandbox
    device: Device
    serial: str
    token: str
    platform: Platform

    def phone(self, **options: Any) -> Phone:
        """A phone that has joined the scale's own network, once its page is there."""
        console = self.device.console
        console.wait_for("setup: page at", start=console.text.rfind("rst:0x"))
        phone = self.world.new_phone(**options)
        phone.join(ssid_for(self.serial), SETUP_KEY)
        return phone

    def claim(self) -> str:
        """The owner's app claims the scale; returns the platform's message."""
        return self.platform.claim(self.serial).message

    def wait_linked(self, deadline_s: float = 30.0) -> None:
        """Wait until the scale is linked and has stored it."""
        self.device.console.wait_for("link: stored", deadline_s)

    def calls(self) -> int:
        """The device's link calls so far, by the platform's own record."""
        return sum(call.by_device for call in self.sandbox.calls())

    def connections(self) -> list[Call]:
        """Every connection to the platform that was not the owner's app."""
        return [call for call in self.sandbox.calls() if not call.route.startswith(("/v2/login", "/v2/me/"))]

    def files(self) -> dict[str, bytes]:
        """What is in flash; the device must be off."""
        return flash.read(self.device.flash)

    def record(self, name: str) -> dict[str, Any]:
        """What the record in flash says, {} when there is none; the device must be off."""
        found = json.loads(self.files().get(name, b"{}"))
        return found.get("record", found)

    def state(self) -> dict[str, Any]:
        """What state.json in flash says; the device must be off."""
        return self.record("/state.json")


_OWN_RECORD = {
    "token": "/identity.json",
    "setup key": "/identity.json",
    "Wi-Fi key": "/wifi.json",
    "session": "/nowhere",
}


def _leaks(one: Scale) -> Iterator[str]:
    """Where a secret stands that ought not to; says which, and not what it is."""
    one.device.power_off()
    shown = {"console": one.device.console.text.encode()}
    shown["page"] = b"".join(phone.heard for phone in one.world.phones)
    secrets = {"token": one.token, "setup key": SETUP_KEY, "Wi-Fi key": HOME_KEY, "session": one.platform.session}
    for name, secret in secrets.items():
        files = {path: data for path, data in one.files().items() if not path.startswith(_OWN_RECORD[name])}
        yield from (
            f"{name} in {place}" for place, data in (shown | files).items() if secret and secret.encode() in data
        )


@cache
def fewer_wakes() -> dict[str, bytes | None]:
    """The files of a firmware that wakes less often for light and radio: days of skipped idle time pass for nothing else."""
    tree = build.device_tree(seeds.FEWER_WAKES)
    return {path: tree[path] for path in (f"/{Path(source).with_suffix('.mpy')}" for source, _, _ in seeds.FEWER_WAKES)}


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Keeps a measured figure in words, to be printed when all tests are through."""
    return lambda words: record_property("figure", words)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for report in terminalreporter.stats.get("passed", []):
        for name, words in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(f"figure: {words}")


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path / "sandbox", hosts=[API_HOST, "localhost"]) as platform:
        yield platform


@pytest.fixture
def owner(sandbox: Sandbox) -> Iterator[Platform]:
    sandbox.add_user("owner@example.com", "a password")
    with Platform(sandbox.url, sandbox.ca_pem_path) as platform:
        platform.login("owner@example.com", "a password")
        yield platform


@pytest.fixture
def scale(world: World, sandbox: Sandbox, owner: Platform) -> Iterator[Callable[..., Scale]]:
    """Makes a scale, still off; `files` are put over those of the build, None takes one away.

    When the test is over, no secret may stand on its console, in what a phone was sent, or in flash outside its own record.
    """
    made: list[Scale] = []

    def make(files: dict[str, bytes | None] | None = None, wifi: bool = True, **options: Any) -> Scale:
        serial, token = serials.make(os.urandom(8)), sandbox.new_thing()
        world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
        tree = {path: data for path, data in build.device_tree().items() if not path.startswith("/certs/")}
        tree |= {"/certs/sandbox.der": sandbox.ca_der} | provisioned(serial, token, wifi=wifi, setup_key=SETUP_KEY)
        tree |= files or {}
        device = world.new_device({path: data for path, data in tree.items() if data is not None}, **options)
        made.append(Scale(world, sandbox, device, serial, token, owner))
        return made[-1]

    yield make
    for one in made:
        assert not list(_leaks(one))
