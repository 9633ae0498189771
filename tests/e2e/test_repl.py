"""The helpers that an engineer has at the REPL as `app`, over the real mpremote, in each mode of a scale."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.e2e.conftest import PROMPT, SETUP_KEY, Scale
from tests.e2e.visit import MakeScale
from tools.sandbox import Fault
from tools.simulator.world import HOME_KEY

_DEADLINE_S = 60


def at_repl(one: Scale, code: str, *, ends: bool = True) -> str:
    """What `app.<code>` prints on the scale's board, whose firmware is interrupted for it."""
    how = ["exec"] if ends else ["exec", "--no-follow"]
    line = [sys.executable, "-m", "mpremote", "connect", one.device.port, "resume", *how]
    code = f"from firmware import app\napp.{code}"
    done = subprocess.run([*line, code], capture_output=True, text=True, timeout=_DEADLINE_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any(secret in done.stdout for secret in (one.token, HOME_KEY, SETUP_KEY))
    return done.stdout.replace("\r", "")


def in_a_fresh_interpreter(one: Scale, code: str) -> str:
    """The same after a soft reset, which leaves the radio as it was: what mpremote does unless told to `resume`."""
    line = [
        sys.executable,
        "-m",
        "mpremote",
        "connect",
        one.device.port,
        "exec",
        f"from firmware import app\napp.{code}",
    ]
    return subprocess.run(line, capture_output=True, text=True, timeout=_DEADLINE_S, check=True).stdout


def linked(scale: MakeScale) -> Scale:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    return one


def waiting(scale: MakeScale) -> Scale:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    return one


def with_its_page_open(scale: MakeScale) -> Scale:
    one = scale(wifi=False)
    one.device.power_on()
    one.device.console.wait_for("setup: page at")
    return one


def joining(scale: MakeScale) -> Scale:
    one = scale()
    one.world.home.dhcp = False
    one.device.power_on()
    one.device.console.wait_for("access point .* is up")
    return one


Mode = Callable[[MakeScale], Scale]
MODES = (linked, waiting, with_its_page_open, joining)
NETWORK = r"^-\d+ dBm: +channel +{} +{} +{}$"


@pytest.mark.parametrize("mode", MODES)
def test_a_search_prints_signal_channel_security_and_name(scale: MakeScale, mode: Mode) -> None:
    one = mode(scale)
    said = at_repl(one, "scan()")
    home = one.world.home
    assert re.search(NETWORK.format(home.channel, "WPA2", "Home"), said, re.MULTILINE), said
    signals = [int(found) for found in re.findall(r"^(-\d+) dBm:", said, re.MULTILINE)]
    assert signals == sorted(signals, reverse=True)
    assert f"in range: {len(signals)}" in re.sub(" +", " ", said)


@pytest.mark.parametrize("mode", [linked, with_its_page_open])
def test_the_helpers_need_no_firmware_that_ran_before(scale: MakeScale, mode: Mode) -> None:
    one = mode(scale)
    assert re.search(r"^-\d+ dBm: .* Home$", in_a_fresh_interpreter(one, "scan()"), re.MULTILINE)
    assert f"serial:       {one.serial}" in in_a_fresh_interpreter(one, "status()")
    said = in_a_fresh_interpreter(one, "link_once()")
    assert ("it would:     keep thing" if mode is linked else "Wi-Fi is missing") in said, said
    assert one.token not in said


@pytest.mark.parametrize("mode", MODES)
def test_the_status_is_one_screen(scale: MakeScale, mode: Mode) -> None:
    one = mode(scale)
    said = at_repl(one, "status()")
    assert re.search(f"^serial: +{one.serial}$", said, re.MULTILINE) and said.count("\n") < 24


@pytest.mark.parametrize(("mode", "then"), [(waiting, r"ask again in \d+ s"), (linked, r"keep thing \S+")])
def test_one_link_call_is_told_step_by_step(scale: MakeScale, mode: Mode, then: str) -> None:
    one = mode(scale)
    before = one.calls()
    said = at_repl(one, "link_once()")
    steps = re.findall(r"^(\w+): +(.+); (\d+) ms$", said, re.MULTILINE)
    assert [name for name, _, _ in steps] == ["network", "name", "clock", "TLS", "status", "answer"], said
    told = {name: text for name, text, _ in steps}
    assert told["network"].startswith("Home, 192.168.1.") and told["name"].startswith("api.thethings.io is ")
    assert told["TLS"] == "verified" and told["status"] == "200"
    assert re.search(rf"^it would: +{then}$", said, re.MULTILINE), said
    assert one.calls() == before + 1
    # What was watched is forgotten: the firmware goes on as if nothing had been.
    mark = len(one.device.console.text)
    one.device.type("app.run()\r")
    one.device.console.wait_for("boot: linked" if mode is linked else "link: waiting for app", start=mark)
    assert "TLS:" not in one.device.console.text[mark:]


def test_one_link_call_that_is_refused_says_why_and_what_would_follow(scale: MakeScale) -> None:
    one = waiting(scale)
    one.sandbox.faults.set(Fault.status(401), side="device")
    said = at_repl(one, "link_once()")
    assert re.search(
        r"^status: +401; \d+ ms\nanswer: +the platform does not accept the thing token", said, re.MULTILINE
    )
    assert re.search(r"^it would: +ask again in 3\d{3} s$", said, re.MULTILINE), said


def test_one_link_call_names_the_step_that_fails(scale: MakeScale) -> None:
    one = waiting(scale)
    one.world.home.on = False
    one.device.console.wait_for("connection lost", 30)
    said = at_repl(one, "link_once()")
    assert re.search(r"^answer: +no such network in range; \d+ ms$", said, re.MULTILINE), said


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        (["nowhere.example", "time.google.com"], "UTC, says time.google.com"),
        (["nowhere.example"], "no time server answers; going on with 20"),
    ],
)
def test_one_link_call_sets_the_clock_as_the_firmware_does(scale: MakeScale, hosts: list[str], said: str) -> None:
    one = scale({"/maintenance": b"", "/settings.json": json.dumps({"ntp_hosts": hosts}).encode()})
    one.device.power_on()
    one.device.console.wait_for(PROMPT)
    told = at_repl(one, "link_once()")
    assert re.search(rf"^clock: +.*{said}", told, re.MULTILINE) and "ask again in" in told, told


def test_no_link_call_without_a_network(scale: MakeScale) -> None:
    one = with_its_page_open(scale)
    assert "Wi-Fi is missing" in at_repl(one, "link_once()")
    assert one.calls() == 0


def test_forget_takes_the_network_and_leaves_the_link(scale: MakeScale) -> None:
    one = linked(scale)
    mark = len(one.device.console.text)
    at_repl(one, "forget()", ends=False)
    one.device.console.wait_for(r"no Wi-Fi network is known yet[\s\S]*boot: linked", start=mark)
    one.device.power_off()
    files = one.files()
    assert not any(name.startswith("/wifi.json") for name in files)
    assert one.state()["linked"] and one.record("/identity.json")["serial"] == one.serial


def test_a_factory_reset_takes_network_and_link_and_leaves_the_identity(scale: MakeScale) -> None:
    one = linked(scale)
    mark = len(one.device.console.text)
    at_repl(one, "factory_reset()", ends=False)
    one.device.console.wait_for("no Wi-Fi network is known yet", start=mark)
    one.device.console.wait_for("access point .* is up", start=mark)
    one.device.power_off()
    files = one.files()
    assert not any(name.startswith(("/wifi.json", "/state.json")) for name in files)
    assert one.record("/identity.json")["serial"] == one.serial


def test_relink_asks_again(scale: MakeScale) -> None:
    one = linked(scale)
    before, mark = one.calls(), len(one.device.console.text)
    at_repl(one, "relink()", ends=False)
    one.device.console.wait_for("link: ", start=mark)
    assert one.calls() > before
