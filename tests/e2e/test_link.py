"""A scale links itself: whoever is first, however late the other, and never again afterwards."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from firmware.core.ssid import serial_from
from tests.e2e.conftest import PROMPT, Scale, fewer_wakes
from tests.e2e.visit import live_for, wait_until
from tools.sandbox import Fault

MakeScale = Callable[..., Scale]
_DAY_MS = 86_400_000
_WAITING = Fault.json(b'{"status":"success","message":"waiting for app"}')


def on_air(scale: Scale) -> list[str]:
    """The serials that an app would recognise now."""
    return [serial for beacon in scale.world.ether.scan() if (serial := serial_from(beacon.ssid))]


def test_app_first(scale: MakeScale) -> None:
    one = scale()
    assert one.claim() == "waiting for thing"
    one.device.power_on()
    one.wait_linked()
    assert one.calls() == 1
    assert one.claim() == "linked"


def test_device_first(scale: MakeScale) -> None:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("link: waiting for app")
    assert one.claim() == "linked"
    one.wait_linked()
    one.device.power_off()
    state = one.state()
    assert state["linked"] is True
    assert state["thing_id"] == one.platform.things()[0]
    assert abs(state["linked_at_s"] - time.time()) < 600


def test_app_three_minutes_late(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    began_ms = one.device.board.now_ms()
    one.sandbox.faults.push(_WAITING, calls=30, side="device")  # 30 calls on this schedule are more than 3 minutes
    one.claim()
    one.device.power_on()
    one.wait_linked()
    assert one.device.board.now_ms() - began_ms > 180_000
    assert one.calls() == 31


@pytest.mark.timeout(400)  # a day of calls over TLS
def test_app_never_then_a_new_power_on_starts_over(scale: MakeScale) -> None:
    one = scale(fewer_wakes(), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("link: warning: expired", 120)
    calls = one.calls()
    assert 100 < calls <= 200
    live_for(one, _DAY_MS // 24)
    assert one.calls() == calls
    assert on_air(one) == [one.serial]
    one.device.power_off()
    assert one.state() == {}
    one.claim()
    one.device.skips_idle = False
    one.device.power_on()
    one.wait_linked()


def test_a_linked_scale_asks_nobody_and_stays_off_the_air(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    assert one.device.console.wait_for(r"access point (\S+) is up, WPA2")
    one.wait_linked()
    calls, operations = one.calls(), one.device.wear.operations
    one.device.power_off()
    one.device.skips_idle = True
    mark = len(one.device.console.text)
    one.device.power_on()
    one.device.console.wait_for("boot: linked", start=mark)
    live_for(one, 600_000)
    assert one.calls() == calls
    assert on_air(one) == []
    assert one.device.wear.operations == operations


def test_the_access_point_goes_down_a_minute_after_the_link(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.claim()
    one.device.power_on()
    one.wait_linked()
    one.device.console.wait_for("wifi: access point is down")
    assert on_air(one) == []


def test_a_soft_reset_of_a_linked_scale_takes_the_access_point_down(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    assert on_air(one) == [one.serial]
    one.device.reset(cause=5)
    one.device.console.wait_for("soft reboot[\\s\\S]*access point is down[\\s\\S]*joined")
    assert on_air(one) == []


def test_relink_at_the_repl_asks_again(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    one.platform.unlink(one.platform.things()[0])
    one.device.type("\x03")
    one.device.console.wait_for(PROMPT)
    mark = len(one.device.console.text)
    one.device.type("from firmware import app; app.relink()\r")
    one.device.console.wait_for("link: waiting for app", start=mark)
    assert one.claim() == "linked"
    one.device.console.wait_for("link: stored", start=mark)


def test_ctrl_c_reaches_the_repl_and_run_goes_on(scale: MakeScale) -> None:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("link: waiting for app")
    one.device.type("\x03")
    one.device.console.wait_for("KeyboardInterrupt[\\s\\S]*" + PROMPT)
    mark = len(one.device.console.text)
    one.device.type("app.run()\r")
    one.device.console.wait_for("link: waiting for app", start=mark)


def test_power_cut_at_each_flash_operation_of_the_first_life(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    nth, mark = 1, 0

    def is_linked() -> bool:
        return re.search("link: stored|boot: linked", one.device.console.text[mark:]) is not None

    while not is_linked():
        one.device.wear.cut_power_at(nth, keep=0.5)
        mark = len(one.device.console.text)
        one.device.power_on()
        wait_until(lambda: is_linked() or not one.device.powered, 60)
        one.device.power_off()
        nth += 1
        assert nth < 100
    assert nth > 3
    assert one.state()["linked"] is True
