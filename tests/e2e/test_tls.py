"""Whatever is wrong with TLS, no byte of HTTP leaves; the scale says what it was, and links once it is put right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Scale, fewer_wakes
from tools.sandbox import Fault

MakeScale = Callable[..., Scale]


def assert_silent(scale: Scale) -> None:
    """The platform saw no byte of HTTP from the device."""
    assert sum(call.http_bytes for call in scale.connections()) == 0


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("other authority", "not signed by a root we trust"),
        ("self-signed", "not signed by a root we trust"),
        ("wrong host", "certificate is for another host"),
        ("expired", "certificate expired, or the clock is wrong; it is 20"),
        ("not yet valid", "certificate not yet valid, or the clock is wrong; it is 20"),
    ],
)
def test_a_wrong_certificate(scale: MakeScale, kind: str, said: str) -> None:
    one = scale(skips_idle=True)
    one.sandbox.faults.set(Fault.certificate(kind))
    one.device.power_on()
    one.device.console.wait_for(f"link: warning: TLS: .*{said}.*; next call in")
    one.sandbox.wait_for(lambda calls: len(calls) >= 4)
    assert_silent(one)
    one.sandbox.faults.clear()
    one.claim()
    one.wait_linked()


def test_a_doubtful_date_makes_it_ask_for_the_time_again(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.sandbox.faults.set(Fault.certificate("expired"))
    one.device.power_on()
    one.device.console.wait_for("certificate expired[\\s\\S]*clock: .*says")
    assert one.world.clock_service.asked >= 2


def test_a_clock_service_that_is_wrong_by_years(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.world.clock_service.offset_s = 20 * 365 * 86400
    one.device.power_on()
    one.device.console.wait_for("certificate expired, or the clock is wrong; it is 204")
    assert_silent(one)
    one.world.clock_service.offset_s = 0
    one.claim()
    one.wait_linked()


def test_a_clock_service_in_the_past_is_not_believed(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.world.clock_service.offset_s = -2 * 365 * 86400
    one.device.power_on()
    one.device.console.wait_for("clock: warning: .*pool.ntp.org: its date has passed already")
    assert_silent(one)
    one.world.clock_service.offset_s = 0
    one.claim()
    one.wait_linked()


def test_no_clock_service_no_call_until_patience_ends(scale: MakeScale) -> None:
    one = scale()
    one.world.clock_service.answers = False
    one.device.power_on()
    one.device.console.wait_for("clock: warning: .*time.google.com: no answer in time")
    assert one.connections() == []
    one.world.clock_service.answers = True
    one.claim()
    one.wait_linked()


def test_no_clock_service_at_all_is_not_fatal(scale: MakeScale) -> None:
    one = scale(fewer_wakes(), skips_idle=True)
    one.world.clock_service.answers = False
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("no time server answers; going on with 20.*, the date of this firmware", 60)
    one.wait_linked()


def test_a_clock_still_at_2000_is_told_apart(scale: MakeScale) -> None:
    """As on a board whose timekeeper is made to believe in 2000: TLS itself refuses, with the device's own date."""
    one = scale({"/boot.py": _CLOCK_AT_2000}, skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("certificate not yet valid, or the clock is wrong; it is 2000-01-01")
    assert_silent(one)


def test_no_root_on_the_device(scale: MakeScale) -> None:
    one = scale({"/certs/sandbox.der": None, "/certs/broken.der": b"not a certificate"}, skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("link: warning: TLS: no root certificates to verify with; next call in")
    assert_silent(one)


@pytest.mark.parametrize(
    "boot",
    [
        "import sys\nsys.path[:] = ['', '.frozen', '/lib']\n",
        "import sys\nsys.path.insert(0, '.frozen')\nimport urequests\n",
    ],
)
def test_the_frozen_urequests_first_on_the_path(scale: MakeScale, boot: str) -> None:
    one = scale({"/boot.py": boot.encode()}, skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("link: warning: frozen urequests found first.*; next call in")
    assert one.connections() == []


def test_frozen_urequests_cause_gone_without_a_restart(scale: MakeScale) -> None:
    """The path is put right by another task of the same interpreter, as an engineer's hook would."""
    one = scale({"/main.py": _MENDS_PATH_LATER}, skips_idle=True)
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("frozen urequests found first")
    one.wait_linked()


def test_plain_http_needs_the_setting(scale: MakeScale) -> None:
    one = scale({"/settings.json": b'{"api_url": "http://api.thethings.io/v2"}'})
    one.device.power_on()
    one.device.console.wait_for("settings.json: api_url is plain http, which needs allow_plain_http[\\s\\S]*>>> $")
    assert one.connections() == []


_CLOCK_AT_2000 = b"""
import sys
sys.path.remove('/lib')
sys.path.insert(0, '/lib')
from firmware.hw import clock
clock.Clock.ask = lambda self, host: None
"""

_MENDS_PATH_LATER = b"""
import asyncio, sys
sys.path[:] = ['', '.frozen', '/lib']
sys.path.append('/lib')
from firmware import app, scale
live = scale.Scale.live
async def mend():
    await asyncio.sleep(60)
    sys.path.insert(0, '/lib')
async def both(self):
    asyncio.create_task(mend())
    await live(self)
scale.Scale.live = both
app.run()
"""
