"""The LED, and the button: a press opens a linked scale's page, a hold forgets, power alone forgets nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.e2e.visit import MakeScale, live_for, new, radio_calls, tap, wait_until
from tools.simulator.device import Device
from tools.simulator.radio import AP
from tools.simulator.visit import part, submit
from tools.simulator.world import HOME_KEY, HOME_SSID

_MINUTE_MS = 60_000


def test_a_linked_scale_never_imports_the_page_and_a_press_opens_it_for_ten_minutes(
    scale: MakeScale, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    one.device.power_off()
    one.device.power_on()
    mark = len(one.device.console.text)
    one.device.console.wait_for("boot: linked[\\s\\S]*joined Home", start=0)
    one.device.type("\x03")
    one.device.console.wait_for(r">>> $", start=mark)
    one.device.type("import sys; print([m for m in sys.modules if 'portal' in m or m == 'microdot'])\r")
    one.device.console.wait_for(r"\n\[\]", start=mark)
    mark = len(one.device.console.text)
    one.device.type("app.run()\r")
    one.device.console.wait_for("joined Home", start=mark)
    tap(one)
    mark = len(one.device.console.text)
    phone = one.phone()
    assert "Your scale is linked" in part(phone)
    phone.leave()
    switched = radio_calls(one, monkeypatch, "active")
    began_ms = one.device.board.now_ms()
    one.device.skips_idle = True
    one.device.console.wait_for("access point is down", start=mark)
    [down_ms] = [ms for ms, details in switched if details == {"interface": AP, "wanted": False}]
    assert 9 * _MINUTE_MS < down_ms - began_ms < 11 * _MINUTE_MS


def test_holding_the_button_forgets_network_and_link_but_not_the_identity(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    mark = len(one.device.console.text)
    one.device.press()
    one.device.console.wait_for("held for 10 s[\\s\\S]*setup: page at", 20, mark)
    # The finger that forgets is no engineer's.
    assert "no watchdog in this life" not in one.device.console.text
    one.device.release()
    one.device.power_off()
    files = one.files()
    assert not [path for path in files if path.startswith(("/wifi.json", "/state.json"))]
    assert one.record("/identity.json")["serial"] == one.serial


def test_a_button_held_at_power_on_erases_nothing(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.claim()
    one.device.press()
    one.device.power_on()
    one.wait_linked()
    live_for(one, _MINUTE_MS, 20)
    assert "held for 10 s" not in one.device.console.text


def spans_ms(device: Device, count: int) -> list[int]:
    """How long the LED was on, off, on and so on, from the next time it is lit."""
    seen: list[tuple[bool, int]] = []

    def look() -> bool:
        is_lit, now_ms = device.led, device.board.now_ms()
        if is_lit != (seen[-1][0] if seen else True):
            seen.append((is_lit, now_ms))
        return len(seen) > count + 1

    wait_until(look)
    moments = [now_ms for _, now_ms in seen[1:]]
    return [later - earlier for earlier, later in pairwise(moments)]


def test_the_led_tells_a_new_scale_from_one_that_waits_and_one_that_is_linked(scale: MakeScale) -> None:
    one, phone = new(scale)
    assert all(800 < ms < 1600 for ms in spans_ms(one.device, 2))
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    one.device.console.wait_for("waiting for app")
    wait_until(lambda: max(spans_ms(one.device, 4)) > 1400)  # two blinks and a long pause
    one.claim()
    one.wait_linked()
    live_for(one, 2_500)  # the pattern of before is played to its end
    steady_ms = one.device.board.now_ms()
    wait_until(lambda: not one.device.led or one.device.board.now_ms() > steady_ms + 2_500)
    assert one.device.led


def test_letting_go_within_the_count_down_forgets_nothing(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.claim()
    one.device.power_on()
    one.wait_linked()
    live_for(one, 20_000, 20)  # the light is steady by now
    one.device.skips_idle = False
    one.device.press()
    wait_until(lambda: not one.device.led)  # the count-down begins, at 3 s
    assert max(spans_ms(one.device, 6)) < 900
    one.device.release()
    one.device.power_off()
    assert one.state()["linked"] is True


def test_a_linked_scale_whose_router_got_a_new_key_is_given_it_on_the_page_and_stays_linked(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    one.device.power_off()
    one.world.home.key = b"an0ther-k3y-for-home"
    one.device.power_on()
    one.device.console.wait_for("boot: linked[\\s\\S]*probably a wrong key", 20)
    tap(one)
    phone = one.phone()
    shown = part(phone)
    assert shown.count('class="done"') == 6
    assert "refused the key" in shown
    mark = len(one.device.console.text)
    submit(phone, name=HOME_SSID, key="an0ther-k3y-for-home")
    one.device.console.wait_for("network stored", 20, mark)
    one.device.power_off()
    one.device.power_on()
    one.device.console.wait_for("boot: linked[\\s\\S]*joined Home", start=mark)
    assert one.state()["linked"] is True
