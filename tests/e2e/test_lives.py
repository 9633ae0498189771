"""How lives of the whole firmware end and begin: crashes, hangs, safe mode, and an engineer at the REPL in each of them."""

from __future__ import annotations

import re

import pytest

from tests.e2e.conftest import PROMPT, Scale
from tests.e2e.visit import MakeScale, live_for, tap, wait_until
from tools.simulator.visit import ask, part, token

_HEAD = b"""
import sys
sys.path.remove('/lib')
sys.path.insert(0, '/lib')
"""
_TAIL = b"""
from firmware import app
app.run()
"""
# Each replaces one step of a job, as a fault in it would.
_DIES_AT_ONCE = b"""
from firmware.hw import wifi
def broken(*_):
    raise KeyError('radio')
wifi.Wifi.__init__ = broken
"""
_JOB_DIES = b"""
from firmware.services import radio
count = 0
async def broken(self, saved):
    global count
    count += 1
    if count < 3:
        raise RuntimeError('job %d' % count)
    await stay_joined(self, saved)
stay_joined = radio.Radio.stay_joined
radio.Radio.stay_joined = broken
"""
_JOB_NEVER_LIVES = b"""
from firmware.services import radio
async def broken(self, saved):
    raise RuntimeError('no way')
radio.Radio.stay_joined = broken
"""
_JOB_HANGS = b"""
import asyncio
from firmware.services import radio
async def hung(self, saved):
    await asyncio.Event().wait()
radio.Radio.stay_joined = hung
"""
_LOOP_HANGS = b"""
from firmware.services import radio
async def hung(self, saved):
    import time
    while True:
        time.sleep_ms(1000)
radio.Radio.stay_joined = hung
"""

_EXPIRES_SOON = b"""
from firmware.core import link
link.WINDOW_MS = 20_000
"""


def main(fault: bytes) -> dict[str, bytes | None]:
    return {"/main.py": _HEAD + fault + _TAIL}


def at_the_repl(one: Scale, *lines: str) -> str:
    """Stop the firmware, type `lines`, and return what the board says."""
    mark = len(one.device.console.text)
    one.device.type("\x03")
    one.device.console.wait_for(PROMPT, start=mark)
    mark = len(one.device.console.text)
    for line in lines:
        one.device.type(line + "\r")
        one.device.console.wait_for(re.escape(line) + "[\\s\\S]*" + PROMPT, start=mark)
    return one.device.console.text[mark:]


def test_a_job_that_dies_is_started_again(scale: MakeScale) -> None:
    one = scale(main(_JOB_DIES), skips_idle=True)
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("wifi: error: stopped by RuntimeError: job 1; again in 1 s")
    one.device.console.wait_for("wifi: error: stopped by RuntimeError: job 2; again in 2 s")
    one.wait_linked()
    assert one.device.lives == 1


def test_a_job_that_never_lives_ends_the_life_and_the_reason_outlives_it(scale: MakeScale) -> None:
    one = scale(main(_JOB_NEVER_LIVES), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("life: error: ended by LostCause: wifi: RuntimeError: no way[\\s\\S]*SW_CPU_RESET", 30)
    one.device.console.wait_for("the last one ended by LostCause: wifi: RuntimeError: no way[\\s\\S]*setup: page at")
    one.device.power_off()
    crash = one.record("/crash.json")
    assert crash["why"] == "LostCause: wifi: RuntimeError: no way"
    assert any("again in 128 s" in line for line in crash["lines"])


def test_five_short_lives_lead_to_a_safe_mode_that_tries_again(scale: MakeScale) -> None:
    one = scale(main(_DIES_AT_ONCE), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("life: warning: the last one ended by KeyError: radio")
    one.device.console.wait_for("boot: warning: safe mode: too many short lives; trying again in 10 min", 30)
    assert one.device.lives == 6
    operations = one.device.wear.operations
    one.device.console.wait_for("safe mode: .*; trying again in 20 min", 30)
    assert one.device.lives == 8
    assert one.device.wear.operations - operations <= 12  # at most one more crash is written, not one a life


def test_safe_mode_shows_blinks_and_the_button_ends_it(scale: MakeScale) -> None:
    one = scale(main(_DIES_AT_ONCE), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("safe mode", 30)
    one.device.skips_idle = False
    lives = one.device.lives
    wait_until(lambda: one.device.led)
    tap(one)
    wait_until(lambda: one.device.lives > lives)


def test_a_hang_of_one_job_or_of_all_is_ended_by_the_watchdog(scale: MakeScale) -> None:
    one = scale(main(_JOB_HANGS), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("wifi: error: hangs; the watchdog is not fed any more[\\s\\S]*TG1WDT_SYS_RESET", 30)
    one.device.console.wait_for("life: warning: the last one ended by wifi hung")
    other = scale(main(_LOOP_HANGS), skips_idle=True)
    other.device.power_on()
    other.device.console.wait_for(
        "Task watchdog got triggered[\\s\\S]*ended by the watchdog: nothing moved any more", 30
    )


def test_an_engineer_at_the_repl_is_not_shot(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    at_the_repl(one, "import time")
    said = at_the_repl(one, "time.sleep(3600)", "print(6 * 7)")
    assert "42" in said
    assert one.device.lives == 1


def test_the_gate_leaves_the_board_to_the_engineer(scale: MakeScale) -> None:
    one = scale({"/maintenance": b""})
    one.device.power_on()
    one.device.console.wait_for("maintenance: the firmware is not started; remove /maintenance and reset[\\s\\S]*>>> $")
    at_the_repl(one, "import os; os.remove('/maintenance')")
    one.device.reset()
    one.device.console.wait_for("waiting for app")


@pytest.mark.parametrize("starts", ["by power", "by a soft reset"])
def test_a_button_held_at_the_start_leaves_the_watchdog_out_and_nothing_else(scale: MakeScale, starts: str) -> None:
    one = scale(main(_JOB_HANGS), skips_idle=True)
    mark = 0
    if starts == "by power":
        one.device.press()
    one.device.power_on()
    if starts == "by a soft reset":  # which leaves the watchdog of the life before
        one.device.console.wait_for("access point .* is up")
        one.device.type("\x03")
        one.device.console.wait_for(PROMPT)
        one.device.press()
        mark = len(one.device.console.text)
        one.device.type("import machine; machine.WDT(timeout=100_000); machine.soft_reset()\r")
    one.device.console.wait_for("the button is held: no watchdog in this life", start=mark)
    one.device.console.wait_for("wifi: error: hangs", 30, mark)
    live_for(one, 1_000_000, 20)
    assert "Task watchdog got triggered" not in one.device.console.text[mark:]
    assert one.device.lives == (1 if starts == "by power" else 2)


@pytest.mark.parametrize(
    ("files", "wifi", "until"),
    [
        ({}, True, "boot: scale firmware"),
        ({}, True, "waiting for app"),
        ({}, False, "setup: page at"),
        (main(_DIES_AT_ONCE), True, "safe mode"),
        (main(_DIES_AT_ONCE), True, "starting over in 2 s"),
        ({"/identity.json": None}, True, "not started"),
    ],
)
def test_the_repl_is_reached_in_every_mode(scale: MakeScale, files: dict[str, bytes], wifi: bool, until: str) -> None:
    one = scale(files, wifi=wifi, skips_idle=until == "safe mode")
    one.device.power_on()
    one.device.console.wait_for(until, 30)
    assert "42" in at_the_repl(one, "print(6 * 7)")


def test_status_and_logs_at_the_repl(scale: MakeScale) -> None:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    said = at_the_repl(one, "app.status()", "app.logs()")
    link = "link: +waiting, waiting for app; next call in"
    for expected in (f"serial: +{one.serial}", "network: +Home, joined", link, "heap: "):
        assert re.search(expected, said), expected
    assert re.search(r"log: +\d+\.\d wifi: joined Home", said)


def test_expired_is_shown_and_the_page_starts_over(scale: MakeScale) -> None:
    one = scale(main(_EXPIRES_SOON), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("link: warning: expired")
    one.device.skips_idle = False
    phone = one.phone()
    assert "Nobody claimed the scale in 24 hours" in part(phone)
    assert "Start over</button>" in part(phone)
    assert ask(phone, "/again", method="POST", body=b"token=stale").status == 403
    mark = len(one.device.console.text)
    assert ask(phone, "/again", method="POST", body=f"token={token(phone)}".encode()).status == 303
    one.device.console.wait_for("link: starting over[\\s\\S]*waiting for app", start=mark)
    p = part(phone)
    assert "Waiting for your app" in p


def test_expired_and_the_button_starts_over(scale: MakeScale) -> None:
    one = scale(main(_EXPIRES_SOON), skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("link: warning: expired")
    one.device.skips_idle = False
    assert re.search("link: +expired", at_the_repl(one, "app.status()"))
    mark = len(one.device.console.text)
    one.device.type("app.run()\r")
    one.device.console.wait_for("link: warning: expired", 40, mark)
    one.claim()
    tap(one)
    one.device.console.wait_for("link: starting over[\\s\\S]*link: stored", start=mark)


def test_a_radio_that_never_joins_is_switched_and_then_the_chip_starts_over(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.world.home.on = False
    one.device.power_on()
    one.device.console.wait_for("wifi: warning: nothing helps; the chip starts over[\\s\\S]*SW_CPU_RESET", 60)
    said = one.device.console.text
    assert said.count("no such network in range") <= 3  # each step once, not a line an attempt
    one.world.home.on = True
    one.claim()
    one.wait_linked()
    assert "the last one ended by" not in one.device.console.text
