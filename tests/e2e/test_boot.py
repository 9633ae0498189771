"""What a scale does with the files it finds: each missing or malformed field is named, and the REPL stays in reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.conftest import PROMPT, Scale

MakeScale = Callable[..., Scale]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"/identity.json": None}, "identity.json is missing; provision the device"),
        ({"/identity.json": b"{}"}, "identity.json: serial is missing; provision the device"),
        ({"/identity.json": b"{}"}, "identity.json: thing_token is missing; provision the device"),
        ({"/identity.json": b'{"serial": "OOPS"'}, "identity.json is not JSON"),
        ({"/identity.json": b""}, "identity.json is not JSON"),
        ({"/identity.json": b"[]"}, "identity.json is not a JSON object"),
        (
            {"/identity.json": b'{"serial": "ABCDEFG", "thing_token": "secret!!"}'},
            "serial is not a serial: the check character",
        ),
        (
            {"/identity.json": b'{"serial": "ABCDEFG", "thing_token": "secret!!"}'},
            "thing_token is not 8 to 128 letters",
        ),
        (
            {"/settings.json": b'{"link_deadline_ms": "soon"}'},
            "link_deadline_ms is not a whole number from 1000 to 60000",
        ),
        ({"/settings.json": b"\xff\xfe"}, "settings.json is not JSON"),
    ],
)
def test_unusable_files_end_at_the_repl(scale: MakeScale, files: dict[str, bytes | None], said: str) -> None:
    one = scale(files)
    one.device.power_on()
    one.device.console.wait_for("boot: warning: not started[\\s\\S]*" + PROMPT)
    assert said in one.device.console.text
    assert "secret!!" not in one.device.console.text
    assert "Traceback" not in one.device.console.text
    one.device.type("print(6 * 7)\r")
    one.device.console.wait_for("^42")


def test_a_malformed_wifi_file_leaves_the_access_point_up(scale: MakeScale) -> None:
    one = scale({"/wifi.json": b'{"ssid": "", "key": "short"}'})
    one.device.power_on()
    one.device.console.wait_for("wifi.json: ssid is not 1 to 32 bytes long")
    one.device.console.wait_for("wifi.json: key is not 8 to 63 printable ASCII characters")
    one.device.console.wait_for("no Wi-Fi network is known")
    assert one.device.console.wait_for("access point Scale-.* is up, WPA2")


def test_a_malformed_state_means_not_linked_and_the_platform_knows_better(scale: MakeScale) -> None:
    one = scale({"/state.json": b'{"linked": tru'})
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("state.json is not JSON")
    one.wait_linked()


def test_a_wrong_key_is_named_and_the_right_one_joins(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    key, one.world.home.key = one.world.home.key, b"another key"
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("wifi: warning: Home: probably a wrong key; next try in 5 s")
    one.device.console.wait_for("next try in 30 s")
    one.world.home.key = key
    one.wait_linked()


def test_no_such_network_then_the_router_boots(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.world.home.on = False
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("wifi: warning: Home: no such network in range")
    one.world.home.on = True
    one.wait_linked()


def test_a_router_that_gives_no_address(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.world.home.dhcp = False
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("wifi: warning: Home: the router gave no address")
    one.world.home.dhcp = True
    one.wait_linked()


def test_a_network_that_vanishes_is_joined_again(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("link: waiting for app")
    one.world.home.on = False
    one.device.console.wait_for("wifi: warning: Home: connection lost")
    one.world.home.on = True
    one.claim()
    one.wait_linked()


def test_without_a_setup_key_the_access_point_is_open(scale: MakeScale) -> None:
    one = scale()
    identity = b'{"serial": "%s", "thing_token": "%s"}' % (one.serial.encode(), one.token.encode())
    open_one = scale({"/identity.json": identity})
    open_one.device.power_on()
    open_one.device.console.wait_for("access point Scale-.* is up, open")


def test_an_old_micropython_is_refused_in_one_line(scale: MakeScale) -> None:
    main = b"import sys\nclass Old:\n    version = (1, 23, 0)\n" + _main().replace(b"sys.implementation", b"Old")
    one = scale({"/main.py": main})
    one.device.power_on()
    one.device.console.wait_for("boot: this firmware needs MicroPython 1.24 or later; flash a newer image")
    assert "scale firmware" not in one.device.console.text


def _main() -> bytes:
    from tools.vendor import ROOT

    return (ROOT / "main.py").read_bytes()
