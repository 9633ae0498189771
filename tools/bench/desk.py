"""A desk for measurements: the sandbox behind a counting wire, a world, and scales whose first program can be another.

It starts and provisions; what is measured is up to whoever asks for the desk.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from firmware.core import serial as serials
from firmware.core.ssid import ssid_for
from tools import build
from tools.bench.meter import Meter
from tools.owner.client import Platform
from tools.sandbox import Sandbox
from tools.simulator.device import Device
from tools.simulator.phone import Phone
from tools.simulator.world import World, provisioned

API_HOST = "api.thethings.io"
SETUP_KEY = "KEY4SETUP9"
_FOLDER = build.ROOT / ".build" / "bench"
_OWNER = ("owner@example.com", "a password of the bench")


@dataclass
class Scale:
    """A board that is somebody's, still off."""

    device: Device
    serial: str

    def see(self, pattern: str, deadline_s: float = 60.0, start: int = 0) -> str:
        """Wait until the board prints `pattern`; returns what fits, the group if there is one."""
        found = self.device.console.wait_for(pattern, deadline_s, start)
        return found.group(found.lastindex or 0)

    def live_for(self, ms: int, deadline_s: float = 120.0) -> None:
        """Let so much of the board's own time pass."""
        begin_ms, end_s = self.device.board.now_ms(), time.monotonic() + deadline_s
        while self.device.board.now_ms() - begin_ms < ms:
            if time.monotonic() > end_s:
                raise TimeoutError(f"the board did not live through {ms} ms in {deadline_s} s")
            time.sleep(0.01)


class Desk:
    """Use as a context manager. `name` is that of its folder, which is made anew."""

    def __init__(self, name: str) -> None:
        self._folder = _FOLDER / name
        shutil.rmtree(self._folder, ignore_errors=True)
        self.sandbox = Sandbox(self._folder / "sandbox", hosts=[API_HOST, "localhost"])
        self.world = World(self._folder / "desk")

    def __enter__(self) -> Self:
        self.world.__enter__()
        self.sandbox.__enter__()
        self.sandbox.add_user(*_OWNER)
        self.owner = Platform(self.sandbox.url, self.sandbox.ca_pem_path)
        self.owner.login(*_OWNER)
        self.meter = Meter(("127.0.0.1", self.sandbox.port))
        self.world.ether.internet.add_host(API_HOST, 443, self.meter.way)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.__exit__(kind, error, trace)
        self.meter.close()
        self.owner.__exit__()
        self.sandbox.__exit__(kind, error, trace)

    def scale(
        self, files: dict[str, bytes] | None = None, *, wifi: bool = True, firmware: bool = True, **options: Any
    ) -> Scale:
        """A provisioned board with the build on its flash, `files` over it; boot.py alone where `firmware` is False."""
        serial = serials.make(os.urandom(serials.MIN_RANDOM_BYTES))
        left_out = "/certs/" if firmware else ("/certs/", "/firmware/", "/lib/", "/main.py")
        tree = {path: data for path, data in build.device_tree().items() if not path.startswith(left_out)}
        tree |= {"/certs/sandbox.der": self.sandbox.ca_der}
        tree |= provisioned(serial, self.sandbox.new_thing(), wifi=wifi, setup_key=SETUP_KEY)
        return Scale(self.world.new_device(tree | (files or {}), **options), serial)

    def claim(self, scale: Scale) -> None:
        """The owner's half of the link."""
        self.owner.claim(scale.serial)

    def phone(self, scale: Scale) -> Phone:
        """A phone on the scale's own network, which must be up."""
        phone = self.world.new_phone()
        phone.join(ssid_for(scale.serial), SETUP_KEY)
        return phone

    def device_calls(self) -> int:
        """Link calls of devices so far."""
        return sum(call.by_device for call in self.sandbox.calls())


def script(name: str) -> bytes:
    """A MicroPython program of the bench, for a board's /main.py."""
    return (Path(__file__).parent / f"board_{name}.py").read_bytes()


def until(condition: Callable[[], object], what: str, deadline_s: float = 60.0) -> None:
    """Wait for something that no console shows."""
    end_s = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError(f"{what} did not come in {deadline_s} s")
        time.sleep(0.005)
