"""What goes wrong while something is put right: a crash told badly, an access point that does not close, Ctrl-C in a pause."""

from __future__ import annotations

import pytest

from tests.e2e.test_lives import _DIES_AT_ONCE, at_the_repl, main
from tests.e2e.visit import MakeScale, live_for, wait_until

_HOUR_MS = 3_600_000
# One death of a job ends the life.
_NO_SECOND_LIFE = b"""
from firmware.core import lives
lives.MAX_JOB_DEATHS = 0
"""
_JOB_DIES_LATER = b"""
from firmware.services import radio
async def broken(self, saved):
    import asyncio
    await asyncio.sleep_ms(500)
    raise RuntimeError('no way')
radio.Radio.stay_joined = broken
"""
_TELLS_THE_TOKEN = (
    _NO_SECOND_LIFE
    + b"""
from firmware.services import cloud_link
import json
async def broken(self):
    raise ValueError('bad url /things/' + json.load(open('/identity.json'))['record']['thing_token'] + '/link-id')
cloud_link.CloudLink.run = broken
"""
)
_TELLS_TOO_MUCH = (
    _NO_SECOND_LIFE
    + b"""
from firmware.services import cloud_link
def broken(self):
    raise RuntimeError('x' * 4200)
cloud_link.CloudLink.call = broken
"""
)
_CLOSES_AT_THE_SECOND_TRY = b"""
from firmware.hw import wifi
calls = 0
close = wifi.Wifi.close_access_point
def broken(self):
    global calls
    calls += 1
    if calls == 2:
        raise OSError('Wifi Internal Error')
    return close(self)
wifi.Wifi.close_access_point = broken
"""
_TAKES_NO_NAME = b"""
import network
plain = network.WLAN.config
def config(self, *words, **values):
    if 'ssid' in values:
        raise OSError('Wifi Invalid Argument')
    return plain(self, *words, **values)
network.WLAN.config = config
"""
_JOIN_IS_REFUSED = b"""
from firmware.hw import wifi
def broken(self, ssid, key):
    raise OSError('Wifi Internal Error')
wifi.Wifi.join = broken
"""


@pytest.mark.parametrize("name", ["/state.json", "/wifi.json", "/identity.json.old"])
def test_brackets_in_brackets_keep_no_scale_from_starting(scale: MakeScale, name: str) -> None:
    one = scale({name: b"[" * 4096}, skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("setup: page at", 30)
    assert f"{name[1:]} is not JSON" in one.device.console.text
    assert one.device.lives == 1


def test_a_secret_in_a_crash_reaches_neither_the_next_life_nor_flash(scale: MakeScale) -> None:
    one = scale(main(_TELLS_THE_TOKEN), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("the last one ended by .*bad url /things/\\*\\*\\*/link-id", 30)
    one.device.power_off()
    assert one.record("/crash.json")["why"].endswith("bad url /things/***/link-id")


def test_a_crash_with_a_long_story_is_cut_short_and_starts_over(scale: MakeScale) -> None:
    one = scale(main(_TELLS_TOO_MUCH), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("safe mode: too many short lives", 60)
    assert "Traceback" not in one.device.console.text


def test_lives_that_a_job_spends_dying_are_short_ones(scale: MakeScale) -> None:
    one = scale(main(_JOB_DIES_LATER), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("safe mode: too many short lives", 60)
    assert "starting over in 32 s" in one.device.console.text


def test_ctrl_c_in_the_pause_after_a_crash_is_a_stop(scale: MakeScale) -> None:
    one = scale(main(_NO_SECOND_LIFE + _JOB_DIES_LATER))
    one.device.power_on()
    one.device.console.wait_for("starting over in 2 s", 30)
    assert "a stop at the REPL" in at_the_repl(
        one, "import machine; print(machine.RTC().memory())"
    )  # and so it is parked


def test_an_access_point_that_does_not_close_is_closed_again(scale: MakeScale) -> None:
    one = scale(main(_CLOSES_AT_THE_SECOND_TRY), skips_idle=True)
    one.claim()
    one.device.power_on()
    one.wait_linked()
    one.device.console.wait_for("setup: error: stopped by OSError[\\s\\S]*access point is down", 30)
    assert not one.device.radio.access_point.active


def test_an_access_point_that_takes_no_name_is_not_left_on_the_air(scale: MakeScale) -> None:
    one = scale(main(_TAKES_NO_NAME), skips_idle=True)
    one.claim()
    one.device.power_on()
    one.wait_linked()
    live_for(one, _HOUR_MS)
    assert not one.device.radio.access_point.active
    assert one.device.console.text.count("no access point") <= 2  # once before it joined, once after


def test_a_radio_that_refuses_is_told_once(scale: MakeScale) -> None:
    one = scale(main(_JOIN_IS_REFUSED), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("the radio refused")
    live_for(one, _HOUR_MS // 3)
    assert one.device.console.text.count("the radio refused: ") <= 2  # the access point has its own way to say so


def test_after_ctrl_c_the_page_opens_again(scale: MakeScale) -> None:
    one = scale(wifi=False)
    one.device.power_on()
    one.device.console.wait_for("setup: page at")
    at_the_repl(one)
    mark = len(one.device.console.text)
    one.device.type("app.run()\r")
    one.device.console.wait_for("setup: page at", start=mark)
    assert "not served" not in one.device.console.text


def test_forgetting_in_safe_mode_is_a_new_beginning(scale: MakeScale) -> None:
    one = scale(main(_DIES_AT_ONCE), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("safe mode: too many short lives", 30)
    one.device.skips_idle = False
    wait_until(lambda: one.device.led)
    mark = len(one.device.console.text)
    one.device.press()
    one.device.console.wait_for("the identity stays[\\s\\S]*starting over in 2 s", 30, mark)
