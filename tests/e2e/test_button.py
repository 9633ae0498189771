"""The one button: a press opens the page of a linked scale, a long hold forgets, power alone forgets nothing."""

from __future__ import annotations

import json
import time

from tests.e2e.visit import MakeScale, part, wait_until

_MINUTE_MS = 60_000


def test_a_linked_scale_never_imports_the_page_and_a_press_opens_it_for_ten_minutes(scale: MakeScale) -> None:
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
    one.device.press()
    time.sleep(0.3)
    one.device.release()
    mark = len(one.device.console.text)
    phone = one.phone()
    assert "Your scale is linked" in part(phone)
    phone.leave()
    began_ms = one.device.board.now_ms()
    one.device.skips_idle = True
    one.device.console.wait_for("access point is down", start=mark)
    assert 9 * _MINUTE_MS < one.device.board.now_ms() - began_ms < 11 * _MINUTE_MS


def test_holding_the_button_forgets_network_and_link_but_not_the_identity(scale: MakeScale) -> None:
    one = scale()
    one.claim()
    one.device.power_on()
    one.wait_linked()
    mark = len(one.device.console.text)
    one.device.press()
    one.device.console.wait_for("held for 10 s[\\s\\S]*setup: page at", 20, mark)
    one.device.release()
    one.device.power_off()
    files = one.files()
    assert "/wifi.json" not in files and one.state() == {"linked": False}
    assert json.loads(files["/identity.json"])["serial"] == one.serial


def test_a_button_held_at_power_on_erases_nothing(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.claim()
    one.device.press()
    one.device.power_on()
    one.wait_linked()
    began_ms = one.device.board.now_ms()
    wait_until(lambda: one.device.board.now_ms() > began_ms + _MINUTE_MS)
    assert "held for 10 s" not in one.device.console.text
