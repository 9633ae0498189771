"""The README's way from a bare board to a linked scale, with the very tools and files it names."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from firmware.core import serial as serials
from tests.e2e.conftest import API_HOST, PROMPT
from tools import build
from tools.owner.client import Platform
from tools.sandbox import Sandbox
from tools.simulator import flash
from tools.simulator.device import Device
from tools.simulator.world import HOME_KEY, HOME_SSID, World


def mpremote(device: Device, *words: str, folder: Path) -> None:
    """Run mpremote on the board's port, as the README does."""
    subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", device.port, *words], cwd=folder, timeout=60, check=True
    )


def test_copy_the_build_provision_and_link(world: World, sandbox: Sandbox, owner: Platform, tmp_path: Path) -> None:
    world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
    built = tmp_path / "device"
    for path, content in build.device_tree().items():
        target = built / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    serial = serials.make(b"any bytes")
    (tmp_path / "identity.json").write_text(json.dumps({"serial": serial, "thing_token": sandbox.new_thing()}))
    (tmp_path / "wifi.json").write_text(json.dumps({"ssid": HOME_SSID, "key": HOME_KEY}))
    (tmp_path / "sandbox.der").write_bytes(sandbox.ca_der)
    device = world.new_device({})
    device.power_on()
    device.console.wait_for(PROMPT)
    mpremote(device, "fs", "cp", "-r", *sorted(path.name for path in built.iterdir()), ":", folder=built)
    mpremote(device, "fs", "cp", "identity.json", "wifi.json", ":", folder=tmp_path)
    mpremote(device, "fs", "cp", "sandbox.der", ":certs/sandbox.der", folder=tmp_path)
    mpremote(device, "reset", folder=tmp_path)
    device.console.wait_for("link: waiting for app", 20)
    assert owner.claim(serial).linked
    device.console.wait_for("link: stored", 20)
    device.power_off()
    stored = flash.read(device.flash)
    assert {path: stored[path] for path in build.device_tree()} == build.device_tree()
