"""The README's ways from a bare board to a linked scale: its very commands, taken from its text, on a simulated board.

Only what differs from desk to desk is put in: port, image, serial, thing. What an owner does with a phone is done by one.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.core.ssid import ssid_for
from tests.e2e.conftest import API_HOST, PROMPT
from tools import build
from tools.sandbox import Sandbox
from tools.simulator import sample_image
from tools.simulator.control import Control
from tools.simulator.device import Device
from tools.simulator.visit import submit
from tools.simulator.world import HOME_KEY, HOME_SSID, World

_SERIAL = "7KM2XQ9RTF"
_PASSWORD = "a password"


def commands(beginning: str) -> list[str]:
    """The lines of the README's block that begins like this, without their comments."""
    blocks = re.findall(r"^```\n(.*?)^```$", (build.ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    [block] = [block for block in blocks if block.startswith(beginning)]
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]


@dataclass
class Desk:
    """A board, and a shell to type the README's commands into."""

    world: World
    device: Device
    sandbox: Sandbox
    folder: Path
    environment: dict[str, str]
    serial: str = _SERIAL

    def line(self, command: str) -> str:
        """The command with this desk's names in it."""
        names = {"/dev/ttyUSB0": self.device.port, " PORT ": f" {self.device.port} ", _SERIAL: self.serial}
        names |= {" identity.json": f" {self.folder}/identity.json", "ESP32_GENERIC.bin": f"{self.folder}/official.bin"}
        for there, here in names.items():
            command = command.replace(there, here)
        return command

    def type(self, command: str, **environment: str) -> str:
        """Type a command of the README; returns what it printed."""
        done = subprocess.run(
            ["bash", "-ec", self.line(command)],
            cwd=build.ROOT,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout.replace("\r", "")

    def set_up_with_a_phone(self) -> None:
        """As the owner does: join the scale's network, pick the home network on its page."""
        self.device.console.wait_for("setup: page at", start=self.device.console.text.rfind("rst:0x"))
        identity = json.loads((self.folder / "identity.json").read_text())
        phone = self.world.new_phone()
        phone.join(ssid_for(self.serial), identity["setup_key"])
        submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
        self.device.console.wait_for("link: waiting for app", 20)

    def link_with_the_app(self) -> str:
        """The owner's half; returns the thing."""
        scan, login, link, wait, things, unlink = commands(".venv/bin/python -m tools app scan")
        assert self.serial in self.type(f"{scan} --ether {self.folder}/ether.sock")
        assert "logged in" in self.type(login, SCALE_PASSWORD=_PASSWORD)
        assert "linked, thing" in self.type(link)
        assert "linked, thing" in self.type(wait)
        self.device.console.wait_for("link: stored", 20)
        thing = self.type(things).strip()
        assert "unlinked" in self.type(unlink.replace("THING_ID", thing))
        return thing


@pytest.fixture
def desk(world: World, sandbox: Sandbox, tmp_path: Path) -> Iterator[Desk]:
    world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
    sandbox.add_user("owner@example.com", _PASSWORD)
    (tmp_path / "official.bin").write_bytes(sample_image.micropython())
    (tmp_path / "ca.der").write_bytes(sandbox.ca_der)
    device = world.new_device({}, bare=True)
    device.power_on()
    device.console.wait_for("invalid header")
    left_out = ("PORT", "FIRMWARE", "ARGS", "MAKEFLAGS")
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    environment |= {"SCALE_URL": sandbox.url, "SCALE_CA": str(sandbox.ca_pem_path)}
    environment |= {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("DATA", "STATE", "CONFIG")}
    with Control(world, tmp_path / "ether.sock"):
        yield Desk(world, device, sandbox, tmp_path, environment)


@pytest.mark.timeout(300)
def test_flash_deploy_provision_link_and_look(desk: Desk) -> None:
    flash, deploy, provision, status, logs = commands("make flash ")
    assert "MicroPython" in desk.type(flash)
    desk.device.console.wait_for(PROMPT)
    # The one thing that a desk on a sandbox adds: its root certificate.
    assert "and it started" in desk.type(deploy, ARGS=f"--ca {desk.folder}/ca.der")
    made = desk.type(provision, SCALE_ACTIVATION_CODE=desk.sandbox.new_activation_code())
    found = re.search(r"^(\w+) is ready; label and card to print are in (.+)$", made, re.MULTILINE)
    assert found, made
    desk.serial = found[1]
    (desk.folder / "identity.json").write_bytes((Path(found[2]) / "identity.json").read_bytes())
    desk.set_up_with_a_phone()
    thing = desk.link_with_the_app()
    assert re.search(rf"^link: +linked, {thing}$", desk.type(status), re.MULTILINE)
    assert re.search(r"^log: +\d+\.\d boot: linked", _first_lines(desk, logs), re.MULTILINE)


@pytest.mark.timeout(300)
def test_nothing_but_mpremote(desk: Desk) -> None:
    [flash, *_] = commands("make flash ")
    desk.type(flash)
    desk.device.console.wait_for(PROMPT)
    for command in commands("make setup build"):
        printed = desk.type(command)
    desk.serial = printed.strip()
    mention = re.search(r"`identity\.json`: `(\{.*?\})`", (build.ROOT / "README.md").read_text())
    assert mention
    identity = json.loads(mention[1]) | {"serial": desk.serial, "thing_token": desk.sandbox.new_thing()}
    (desk.folder / "identity.json").write_text(json.dumps(identity | {"setup_key": "KEY4SETUP9"}))
    desk.type(f".venv/bin/mpremote connect PORT fs cp {desk.folder}/ca.der :certs/")
    copy, reset, repl = commands(".venv/bin/mpremote connect PORT fs cp identity.json")
    desk.type(copy)
    desk.type(reset)
    assert repl == ".venv/bin/mpremote connect PORT repl"  # `test_mpremote` types into one
    desk.set_up_with_a_phone()
    desk.link_with_the_app()


def _first_lines(desk: Desk, command: str) -> str:
    """What a command prints that follows a board until Ctrl-C, up to the board's next start."""
    line = ["bash", "-c", f"exec {desk.line(command)}"]
    running = subprocess.Popen(
        line, cwd=build.ROOT, env=desk.environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert running.stdout
    heard = ""
    for row in running.stdout:
        heard += row
        if row.startswith("wifi: joined"):
            os.killpg(running.pid, signal.SIGINT)
    running.wait(30)
    return heard
