"""A factory's bench: a simulated board with the program and no identity, and the command line beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from firmware.core import settings
from firmware.core.kept import Identity
from tools import build, cli
from tools.sandbox import Sandbox
from tools.simulator import flash
from tools.simulator.device import Device
from tools.simulator.world import World

ROOT = Path(__file__).parents[2]
API_HOST = "api.thethings.io"


class Bench:
    """`run` is the command line in this process, `start` in one of its own; both know the sandbox as the platform."""

    def __init__(self, world: World, sandbox: Sandbox, folder: Path) -> None:
        world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
        tree = {path: data for path, data in build.device_tree().items() if not path.startswith("/certs/")}
        self._program = {**tree, "/certs/sandbox.der": sandbox.ca_der}
        self.world, self.sandbox = world, sandbox
        self.data = folder / "data" / "scale-link"
        self.device = self.new_board()
        self.environment = {
            "XDG_DATA_HOME": str(folder / "data"),
            "SCALE_URL": sandbox.url,
            "SCALE_CA": str(sandbox.ca_pem_path),
        }

    def new_board(self) -> Device:
        """A board that is on."""
        device = self.world.new_device(self._program)
        device.power_on()
        device.console.wait_for(">>> $")  # there is no identity to go on with
        return device

    def refill(self, **files: bytes) -> None:
        """The board's flash is made anew: the program, and `files` beside it."""
        self.device.power_off()
        flash.create(self.device.flash, {**self._program, **{f"/{name}": data for name, data in files.items()}})
        self.power_on()

    def power_on(self) -> None:
        """The board is on, and through with booting."""
        mark = len(self.device.console.text)
        self.device.power_on()
        self.device.console.wait_for(">>> $|access point .* is up", start=mark)

    def unplug(self) -> None:
        """The cable is pulled, and the port is gone with it."""
        self.world.devices.remove(self.device)
        self.device.close()

    def plug_in_anew(self) -> None:
        """The board comes back, on another port and with the flash it has."""
        if self.device in self.world.devices:
            self.unplug()
        self.device = Device(self.world.ether, self.device.flash, number=1)
        self.world.devices.append(self.device)
        self.power_on()

    def words(self, *words: object) -> list[str]:
        """A command line for the board, unless it names a port."""
        port = () if "--port" in words else ("--port", self.device.port)
        return ["provision", *port, *map(str, words)]

    def run(self, *words: object, **environment: str | None) -> tuple[int, str, str]:
        """Exit status, output and errors."""
        done = CliRunner(env={**self.environment, **environment}).invoke(cli._commands, self.words(*words))
        assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
        return done.exit_code, done.stdout, done.stderr

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """The command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "tools", *self.words(*words)],
            cwd=ROOT,
            env={**os.environ, **self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ledger(self) -> list[dict[str, str]]:
        """What `python -m tools ledger --json` says."""
        done = CliRunner(env=self.environment).invoke(cli._commands, ["ledger", "--json"])
        return json.loads(done.stdout)

    def identity(self) -> Identity | None:
        """What the firmware would make of the board's identity.json; takes the power."""
        if self.device in self.world.devices:
            self.device.power_off()
        data = flash.read(self.device.flash).get("/identity.json")
        found = None if data is None else json.loads(data)
        return found and settings.identity(found.get("record", found))
