"""The platform misbehaves in every way the sandbox knows; the scale stays within bounds and links when it is well again."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from email.utils import formatdate

import pytest

from tests.e2e.conftest import Scale, fewer_wakes
from tools.sandbox import Fault

MakeScale = Callable[..., Scale]
_DEADLINE_MS = 1500

FAULTS = {
    "400": (Fault.status(400), "finds the request invalid"),
    "401": (Fault.status(401), "does not accept the thing token"),
    "403": (Fault.status(403), "refuses for now"),
    "404": (Fault.status(404), "does not know this thing"),
    "410": (Fault.status(410), "too old"),
    "429": (Fault.status(429, retry_after="7"), "asks for fewer calls"),
    "500": (Fault.status(500), "in trouble"),
    "503 with a date": (Fault.status(503, retry_after=formatdate(time.time() + 600, usegmt=True)), "in trouble"),
    "503 with a date of the past": (Fault.status(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), "in trouble"),
    "redirect": (Fault.redirect("https://elsewhere.example/v2"), "a redirect, which is not followed"),
    "html": (Fault.html(), "not the platform's JSON"),
    "wrong json": (Fault.json(b'{"status":"success","message":"linked","thingId":""}'), "not the platform's JSON"),
    "list": (Fault.json(b"[1]"), "not the platform's JSON"),
    "empty": (Fault.empty(), "connection broken off"),
    "half body": (Fault.half_body(), "reply body is cut short"),
    "chunked": (Fault.chunked(), "chunked"),
    "endless headers": (Fault.endless_headers(), "reply head is too long"),
    "big body": (Fault.big_body(), "reply body is too long"),
    "rubbish": (Fault.raw(b"\x00\xff\r\n\r\n"), "reply is not HTTP"),
    "drip": (Fault.drip(0.2), "no answer in time"),
    "stall at accept": (Fault.stall("accept"), "no answer in time"),
    "stall at handshake": (Fault.stall("handshake"), "no answer in time"),
    "stall at headers": (Fault.stall("headers"), "no answer in time"),
    "stall at body": (Fault.stall("body"), "no answer in time"),
    "reset at accept": (Fault.reset("accept"), ""),
    "reset at handshake": (Fault.reset("handshake"), ""),
    "reset at headers": (Fault.reset("headers"), "broken off"),
    "reset at body": (Fault.reset("body"), ""),
}


def quick(scale: MakeScale, **options: object) -> Scale:
    """A scale that skips idle time and gives up a call after a second and a half."""
    settings = b'{"link_deadline_ms": %d}' % _DEADLINE_MS
    return scale({"/settings.json": settings} | fewer_wakes(), skips_idle=True, **options)


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault(scale: MakeScale, name: str) -> None:
    fault, said = FAULTS[name]
    one = quick(scale)
    one.claim()
    one.sandbox.faults.push(fault, side="any" if fault.stall_phase in ("accept", "handshake") else "device")
    if fault.reset_phase in ("accept", "handshake"):
        one.sandbox.faults.clear()
        one.sandbox.faults.push(fault)
    one.device.power_on()
    found = one.device.console.wait_for(f"link: warning: .*{re.escape(said)}.*; next call in")
    assert "Traceback" not in found.string
    one.wait_linked(90)  # the longest wait of all is 24 hours
    assert one.calls() <= 3


def test_retry_after_is_obeyed(scale: MakeScale) -> None:
    one = quick(scale)
    one.sandbox.faults.push(Fault.status(503, retry_after="600"), side="device")
    one.claim()
    one.device.power_on()
    waited_s = float(one.device.console.wait_for(r"in trouble \(503\); next call in ([\d.]+) s").group(1))
    assert 600 <= waited_s <= 660
    one.wait_linked()


@pytest.mark.parametrize(("status", "low_s", "high_s"), [(401, 3240, 3960), (410, 77_760, 95_040), (500, 0, 2)])
def test_the_next_call_is_as_far_away_as_the_table_says(scale: MakeScale, status: int, low_s: int, high_s: int) -> None:
    one = quick(scale)
    one.sandbox.faults.push(Fault.status(status), side="device")
    one.claim()
    one.device.power_on()
    waited_s = float(one.device.console.wait_for(r"next call in ([\d.]+) s").group(1))
    assert low_s <= waited_s <= high_s


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_sequences_of_faults(scale: MakeScale, seed: int) -> None:
    dice = random.Random(seed)
    one = quick(scale)
    one.claim()
    for name in dice.choices(list(FAULTS), k=12):
        one.sandbox.faults.push(FAULTS[name][0])
    one.device.power_on()
    one.wait_linked(60)
    assert "Traceback" not in one.device.console.text
    assert "stopped by" not in one.device.console.text
    assert one.device.lives == 1


def test_the_internet_goes_and_comes_back(scale: MakeScale) -> None:
    one = quick(scale)
    one.world.home.internet = False
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("clock: warning: .*host name not found")
    one.world.home.internet = True
    one.wait_linked(60)


def test_a_dead_name_server(scale: MakeScale) -> None:
    one = quick(scale)
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("clock: .*says")
    one.world.ether.internet.dns_alive = False
    mark = len(one.device.console.text)
    one.device.power_off()
    one.device.power_on()
    one.device.console.wait_for("clock: warning: .*host name not found", start=mark)
    one.world.ether.internet.dns_alive = True
    one.wait_linked(60)
