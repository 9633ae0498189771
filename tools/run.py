"""The main job on the desk, from a blank chip to a linked scale, and proof that a power cycle asks nobody again.

It watches the board's console, the app's answers and the sandbox's own record; it takes nobody's word for it.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console as Screen
from rich.markup import escape
from rich.table import Table

from firmware.core import serial as serials
from firmware.core.ssid import serial_from, ssid_for
from tools import build
from tools.owner.client import Platform
from tools.sandbox import Sandbox
from tools.simulator import visit
from tools.simulator.console import Line
from tools.simulator.device import Device
from tools.simulator.phone import Phone
from tools.simulator.world import HOME_KEY, HOME_SSID, World, provisioned

API_HOST = "api.thethings.io"
_FOLDER = Path(__file__).parents[1] / ".build" / "run"
_QUIET_MS = 3_600_000
_COLOURS = {"board": "cyan", "phone": "blue", "app": "magenta", "cloud": "green", "desk": "yellow"}


class NotSeen(Exception):
    """Something that belongs to the main job was not observed."""


@dataclass
class Timeline:
    """Prints what happens, each line with the seconds since power-on."""

    screen: Screen
    began_s: float = field(default_factory=time.monotonic)

    def note(self, who: str, text: str, at_s: float | None = None) -> None:
        """One line: `who` is board, phone, app, cloud or desk."""
        seconds = (at_s or time.monotonic()) - self.began_s
        self.screen.print(
            f"{seconds:7.2f} s  [{_COLOURS[who]}]{who:<6}[/] {escape(text)}", highlight=False, soft_wrap=True
        )

    def board_line(self, line: Line) -> None:
        """A line of the board's console."""
        if line.text.strip() and not line.text.startswith(">>>"):
            self.note("board", line.text, line.at_s)


@dataclass
class Story:
    """Who takes part."""

    timeline: Timeline
    sandbox: Sandbox
    world: World
    device: Device
    serial: str
    setup_key: str
    moments: dict[str, float] = field(default_factory=dict)

    def see(self, what: str, pattern: str, deadline_s: float = 10.0, start: int = 0) -> str:
        """Wait until the board prints `pattern`; the moment is kept under `what`."""
        try:
            found = self.device.console.wait_for(pattern, deadline_s, start)
        except TimeoutError as error:
            raise NotSeen(f"{what}: {error}") from error
        self.moments[what] = time.monotonic() - self.timeline.began_s
        return found.group(0)


def run() -> int:
    """Show the main job; returns 0 when every step of it was observed, else 1 after saying which was not."""
    screen = Screen()
    setup_key = "".join(secrets.choice(serials.ALPHABET) for _ in range(10))
    shutil.rmtree(_FOLDER, ignore_errors=True)
    serial = serials.make(os.urandom(serials.MIN_RANDOM_BYTES))
    try:
        with (
            Sandbox(_FOLDER / "sandbox", hosts=[API_HOST, "localhost", "127.0.0.1"]) as sandbox,
            World(_FOLDER) as world,
        ):
            world.ether.internet.add_host(API_HOST, 443, ("127.0.0.1", sandbox.port))
            device = world.new_device(_flash_content(serial, sandbox, setup_key))
            story = Story(Timeline(screen), sandbox, world, device, serial, setup_key)
            _link(story)
            _power_cycle(story)
            _summary(story, screen)
    except (NotSeen, TimeoutError) as error:
        screen.print(f"[bold red]not linked[/]: {escape(str(error))}", highlight=False, soft_wrap=True)
        return 1
    return 0


def _flash_content(serial: str, sandbox: Sandbox, setup_key: str) -> dict[str, bytes]:
    tree = {path: data for path, data in build.device_tree().items() if not path.startswith("/certs/")}
    identity = provisioned(serial, sandbox.new_thing(), wifi=False, setup_key=setup_key)
    return {**tree, "/certs/sandbox.der": sandbox.ca_der, **identity}


def _link(story: Story) -> None:
    timeline = story.timeline
    timeline.note("desk", f"sandbox platform at {story.sandbox.url}, power on, flash is fresh")
    story.device.console.on_line = timeline.board_line
    timeline.began_s = time.monotonic()
    story.device.power_on()
    story.see("access point", "access point Scale-.* is up, WPA2")
    _recognise(story)
    phone = _give_wifi(story)
    story.see("joined", "wifi: joined")
    story.see("clock", "clock: .* says")
    story.see("first call", "link: waiting for app")
    _claim(story)
    story.see("linked", "link: linked", deadline_s=15)
    story.see("stored", "link: stored")
    _read(story, phone, "Your scale is linked")


def _recognise(story: Story) -> None:
    beacons = story.world.ether.scan()
    ours = [serial for beacon in beacons if (serial := serial_from(beacon.ssid))]
    names = ", ".join(repr(beacon.ssid.decode(errors="replace")) for beacon in beacons)
    story.timeline.note("app", f"sees {names}")
    if ours != [story.serial]:
        raise NotSeen(f"the app should recognise {story.serial} alone, and found {ours}")
    story.timeline.note("app", f"recognises the scale {story.serial}")


def _give_wifi(story: Story) -> Phone:
    story.see("page", "setup: page at")
    phone = story.world.new_phone()
    phone.join(ssid_for(story.serial), story.setup_key)
    story.timeline.note("phone", f"joins Scale-{story.serial} with the key on the label")
    _read(story, phone, "Your home network")
    visit.submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    story.timeline.note("phone", f"picks {HOME_SSID!r} on the page and types its key")
    return phone


def _read(story: Story, phone: Phone, words: str) -> None:
    _wait(lambda: words in visit.part(phone), f"{words!r} on the page")
    story.timeline.note("phone", f"reads {words!r}")


def _claim(story: Story) -> None:
    email, password = "owner@example.com", os.urandom(12).hex()
    story.sandbox.add_user(email, password)
    with Platform(story.sandbox.url, ca=story.sandbox.ca_pem_path) as platform:
        platform.login(email, password)
        result = platform.claim(story.serial)
    story.timeline.note("app", f"claims {story.serial}: {result.message}, thing {result.thing_id}")
    if result.message != "linked":
        raise NotSeen(f"the app's claim was answered {result.message!r}")


def _device_calls(story: Story) -> int:
    return sum(call.route.endswith("/link-id") and "{thingToken}" in call.route for call in story.sandbox.calls())


def _power_cycle(story: Story) -> None:
    story.moments["calls"] = calls = _device_calls(story)
    mark = len(story.device.console.text)
    story.timeline.note("desk", "power off, power on; from here on idle time is skipped")
    story.device.power_off()
    story.device.skips_idle = True
    story.device.power_on()
    began_ms = story.device.board.now_ms()
    story.see("second boot", "boot: linked", start=mark)
    _wait(lambda: story.device.board.now_ms() - began_ms > _QUIET_MS, "an hour of the board's time")
    if any(serial_from(beacon.ssid) for beacon in story.world.ether.scan()):
        raise NotSeen("after the power cycle the access point is on the air again")
    if _device_calls(story) != calls:
        raise NotSeen(f"after the power cycle the sandbox counts {_device_calls(story) - calls} more link calls")
    story.timeline.note("cloud", f"an hour of the board's time later: no further link call (still {calls})")


def _wait(condition: Callable[[], bool], what: str, deadline_s: float = 15.0) -> None:
    end_s = time.monotonic() + deadline_s
    while not condition():
        if time.monotonic() > end_s:
            raise NotSeen(f"{what} did not come in {deadline_s:.0f} s")
        time.sleep(0.02)


def _summary(story: Story, screen: Screen) -> None:
    thing_id = story.see("thing", "linked, thing \\S+").split()[-1]
    table = Table(title="linked", show_header=False)
    table.add_row("thing", thing_id)
    table.add_row("serial", story.serial)
    table.add_row("link calls", f"{story.moments['calls']:.0f}, and none after the power cycle")
    for what in ("access point", "page", "first call", "linked"):
        table.add_row(f"power-on to {what}", f"{story.moments[what]:.2f} s")
    table.add_row("flash operations", str(story.device.wear.operations))
    screen.print(table)
