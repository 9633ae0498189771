"""From a bare chip to a linked scale with the commands that an engineer types, and back over every kind of update."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware.core import serial as serials
from tests.e2e.conftest import API_HOST, PROMPT
from tools import cli, image
from tools.layout import VFS
from tools.owner.client import Platform
from tools.sandbox import Sandbox
from tools.simulator import flash, sample_image
from tools.simulator.device import Device
from tools.simulator.world import HOME_KEY, HOME_SSID, World

_LINKED = "link: stored"


@dataclass
class Bench:
    """A bare chip on its cable, and the files that are at hand."""

    device: Device
    folder: Path
    serial: str

    def tools(self, *words: str) -> dict[str, object]:
        """A command of ours; returns what it says as JSON."""
        done = CliRunner().invoke(cli._commands, [*words, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def esptool(self, *words: str) -> str:
        return self.run("esptool", "--port", self.device.port, *words)

    def run(self, module: str, *words: str) -> str:
        """Run a module in the folder; returns what it printed."""
        command = [sys.executable, "-m", module, *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def files(self) -> dict[str, bytes]:
        """What is in flash; the board is off afterwards."""
        self.device.power_off()
        return flash.read(self.device.flash)


@pytest.fixture
def bench(world: World, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.chdir(tmp_path)
    world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
    serial = serials.make(b"any bytes")
    identity = {"serial": serial, "thing_token": sandbox.new_thing(), "setup_key": "KEY4SETUP9"}
    (tmp_path / "identity.json").write_text(json.dumps(identity))
    (tmp_path / "wifi.json").write_text(json.dumps({"ssid": HOME_SSID, "key": HOME_KEY}))
    (tmp_path / "ca.der").write_bytes(sandbox.ca_der)
    (tmp_path / "official.bin").write_bytes(sample_image.micropython())
    device = world.new_device({}, bare=True)
    device.power_on()
    device.console.wait_for("(invalid header: 0xffffffff\r\n){2}")
    return Bench(device, tmp_path, serial)


def link(bench: Bench, owner: Platform) -> None:
    bench.device.console.wait_for("link: waiting for app", 20)
    assert owner.claim(bench.serial).linked
    bench.device.console.wait_for(_LINKED, 20)


def test_one_image_and_one_write(bench: Bench, owner: Platform) -> None:
    given = ["--identity", "identity.json", "--wifi", "wifi.json", "--ca", "ca.der", "--output", "scale.bin"]
    made = bench.tools("image", "--firmware", "official.bin", *given)
    assert made["address"] == image.ADDRESS
    assert (bench.folder / "scale.bin").stat().st_mode & 0o777 == 0o600
    bench.esptool("--baud", "460800", "write-flash", "0x1000", "scale.bin")
    bench.device.console.wait_for(f"access point Scale-{bench.serial} is up, WPA2")
    link(bench, owner)


def test_step_by_step_and_every_update_keeps_the_link(bench: Bench, owner: Platform) -> None:
    port, console = bench.device.port, bench.device.console
    assert bench.tools("flash", "--port", port, "--firmware", "official.bin")["version"] == sample_image.VERSION
    console.wait_for(PROMPT)
    operations = bench.device.wear.operations
    bench.tools("flash", "--port", port, "--firmware", "official.bin")
    assert bench.device.wear.operations == operations  # it was all there
    sent = bench.tools("deploy", "--port", port, "--ca", "ca.der")
    assert sent["started"] and "/firmware/app.mpy" in sent["sent"]
    bench.run("mpremote", "connect", port, "fs", "cp", "identity.json", "wifi.json", ":")
    bench.run("mpremote", "connect", port, "reset")
    link(bench, owner)
    before = bench.files()
    own = image.own_files(before)
    assert set(own) >= {"/identity.json", "/wifi.json", "/state.json"}
    bench.device.power_on()
    for update in (flash_again, deploy_the_public_roots, merge_a_read_back):
        mark = len(console.text)
        update(bench)
        console.wait_for("boot: linked", 20, start=mark)
        files = bench.files()
        assert {path: files.get(path) for path in own} == own
        bench.device.power_on()
    mark = len(console.text)
    bench.tools("flash", "--port", port, "--firmware", "official.bin", "--erase")
    console.wait_for(PROMPT, start=mark)
    assert bench.files() == {}


def flash_again(bench: Bench) -> None:
    (bench.folder / "newer.bin").write_bytes(sample_image.micropython("v1.27.0"))
    assert not bench.tools("flash", "--port", bench.device.port, "--firmware", "newer.bin")["erased"]


def deploy_the_public_roots(bench: Bench) -> None:
    sent = bench.tools("deploy", "--port", bench.device.port)
    assert sent["removed"] == ["/certs/given.der"]


def merge_a_read_back(bench: Bench) -> None:
    bench.esptool("read-flash", hex(VFS.address), hex(VFS.size), "back.bin")
    made = bench.tools("image", "--update", "back.bin", "--ca", "ca.der", "--output", "merged.bin")
    assert {"/identity.json", "/state.json", "/wifi.json"} <= set(made["kept"])
    bench.esptool("write-flash", hex(made["address"]), "merged.bin")
