"""`python -m tools page`: a new simulated scale whose set-up page is open to this machine's browser, until Ctrl-C.

For whoever changes the page's look or words: start it again to see them. It serves no page by itself.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rich.console import Console as Screen

from firmware.core import serial as serials
from firmware.core.ssid import ssid_for
from tools import browser, build
from tools.owner.client import Platform
from tools.run import API_HOST, Timeline
from tools.sandbox import Sandbox
from tools.simulator import access_point
from tools.simulator.socks import Proxy
from tools.simulator.world import HOME_KEY, HOME_SSID, World, provisioned


def show() -> None:
    """Serve the page until Ctrl-C; Enter has the owner's app claim the scale."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Sandbox(folder / "sandbox", hosts=[API_HOST, "localhost"]) as sandbox, World(folder / "desk") as world:
            world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
            serial = serials.make(os.urandom(serials.MIN_RANDOM_BYTES))
            tree = {path: data for path, data in build.device_tree().items() if not path.startswith("/certs/")}
            tree |= {"/certs/sandbox.der": sandbox.ca_der} | provisioned(serial, sandbox.new_thing(), wifi=False)
            device = world.new_device(tree)
            device.console.on_line = Timeline(Screen()).board_line
            device.power_on()
            device.console.wait_for("setup: page at")
            phone = world.new_phone()
            phone.join(ssid_for(serial))
            with Proxy(phone) as proxy:
                _explain(proxy.url, folder / "browser")
                _claim_on_enter(sandbox, serial)


def _explain(proxy: str, profile: Path) -> None:
    program = (browser.found() or "chromium") + ("" if os.geteuid() else " --no-sandbox")
    print(f"\n  {program} --user-data-dir={profile} --proxy-server={proxy} http://{access_point.ADDRESS}/\n")
    print(f"That browser is on the scale's network. The home network is {HOME_SSID!r}, its key {HOME_KEY!r}.")
    print("Enter: the owner's app claims the scale. Ctrl-C: the end.\n", flush=True)


def _claim_on_enter(sandbox: Sandbox, serial: str) -> None:
    sandbox.add_user("owner@example.com", "a password")
    with Platform(sandbox.url, sandbox.ca_pem_path) as platform:
        platform.login("owner@example.com", "a password")
        try:
            while True:
                input()
                print(f"app: {platform.claim(serial).message}", flush=True)
        except (EOFError, KeyboardInterrupt):
            print()
