"""A set-up without a browser: every trouble said, every network taken, and whatever happens on the way survived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from tests.e2e.visit import OWN, MakeScale, live_for, new, radio_calls, shows, wait_until
from tools.sandbox import Fault
from tools.simulator.station import Timing
from tools.simulator.visit import ask, part, submit, token
from tools.simulator.world import HOME_KEY, HOME_SSID

_MINUTE_MS = 60_000


def test_a_wrong_key_then_the_right_one(scale: MakeScale) -> None:
    one, phone = new(scale)
    one.claim()
    answer = submit(phone, network=HOME_SSID.encode().hex(), key="wrong horse battery")
    assert (answer.status, answer.headers["location"]) == (303, f"http://{OWN}/")
    wait_until(lambda: shows(phone, "refused the key"))
    assert f'value="{HOME_SSID.encode().hex()}" checked' in part(phone)
    one.device.power_off()
    assert "/wifi.json" not in one.files()
    one.device.power_on()
    phone = one.phone()
    submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    one.wait_linked()
    wait_until(lambda: shows(phone, "Your scale is linked"))


@pytest.mark.parametrize(
    ("name", "key", "change", "sentence"),
    [
        ("Cellar", "some key here", {}, "Cellar</bdi> was not found"),
        (HOME_SSID, HOME_KEY, {"dhcp": False}, "gave it no address"),
        (HOME_SSID, HOME_KEY, {"internet": False}, "no way to the internet"),
        ("cafe guests", "a key too many", {}, "wants another kind of key, or none"),
    ],
)
def test_each_trouble_has_its_sentence_and_the_form_is_open(
    scale: MakeScale, name: str, key: str, change: dict[str, bool], sentence: str
) -> None:
    one, phone = new(scale)
    for field, value in change.items():
        setattr(one.world.home, field, value)
    submit(phone, name=name, key=key)
    wait_until(lambda: shows(phone, sentence), 40)
    shown = part(phone)
    assert "<details>" not in shown
    assert key not in shown


def test_the_platform_refuses(scale: MakeScale) -> None:
    one, phone = new(scale)
    refusal = Fault.json(b'{"status":"error","code":401,"message":"no"}', status=401)
    one.sandbox.faults.push(refusal, calls=5, side="device")
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    wait_until(lambda: shows(phone, "The platform refuses this scale"))


@pytest.mark.parametrize("ssid", [b"\xff\x00\x80 bytes", "Café & <Söhne>".encode(), b"a+b%20c=d;e", b" blanks "])
def test_any_name_and_key_arrive_as_typed_and_survive_in_flash(scale: MakeScale, ssid: bytes) -> None:
    key = " +&%=;'\"<>\\ pass phrase ~ "
    one = scale(wifi=False)
    one.world.home.ssid, one.world.home.key = ssid, key.encode()
    one.device.power_on()
    phone = one.phone()
    submit(phone, network=ssid.hex(), key=key)
    one.device.console.wait_for("boot: network stored[\\s\\S]*waiting for app")
    one.device.power_off()
    assert key in one.record("/wifi.json").values()
    one.claim()
    one.device.power_on()
    one.wait_linked()


def test_the_router_boots_five_minutes_after_the_scale(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.world.home.on = False
    one.claim()
    one.device.power_on()
    one.device.console.wait_for("next try in 30 s")
    live_for(one, 5 * _MINUTE_MS, 20)
    one.world.home.on = True
    one.wait_linked()


def test_a_router_slower_than_the_cause_shown_before(scale: MakeScale) -> None:
    one, phone = new(scale, timing=Timing(lease=6_000))
    one.world.home.on = False
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    one.device.console.wait_for("Home: no such network")
    one.world.home.on = True
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    one.device.console.wait_for("joined Home", 25)
    assert one.device.console.text.count("Home: no such network") == 1


@pytest.mark.parametrize("is_known", [True, False])
def test_an_address_that_comes_after_the_attempt_is_taken(scale: MakeScale, is_known: bool) -> None:
    one = scale(wifi=is_known, skips_idle=True, timing=Timing(lease=22_000))
    one.claim()
    one.device.power_on()
    if not is_known:
        submit(one.phone(), name=HOME_SSID, key=HOME_KEY)
    one.device.console.wait_for("Home: the router gave no address")
    one.wait_linked()
    one.device.power_off()
    assert one.record("/wifi.json")["ssid"] == HOME_SSID


def test_a_router_on_a_channel_where_the_access_point_may_not_send(scale: MakeScale) -> None:
    one = scale(wifi=False)
    one.world.home.channel = 13
    one.claim()
    one.device.power_on()
    submit(one.phone(), network=HOME_SSID.encode().hex(), key=HOME_KEY)
    one.wait_linked()
    assert "moves to channel" not in one.device.console.text


def test_a_neighbourhood_without_networks_is_searched_once_for_the_page(
    scale: MakeScale, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scale(wifi=False)
    for network in one.world.ether.networks:
        network.on = False
    searches = radio_calls(one, monkeypatch, "scan")
    one.device.power_on()
    phone = one.phone()
    wait_until(lambda: shows(phone, "No network found") and len(searches) == 2)
    end_ms = one.device.board.now_ms() + 10_000
    wait_until(lambda: part(phone) and one.device.board.now_ms() > end_ms)
    assert len(searches) == 2
    one.world.home.on = True
    assert ask(phone, "/search", method="POST", body=f"token={token(phone)}".encode()).status == 303
    wait_until(lambda: shows(phone, HOME_SSID))


def test_a_scale_that_lost_its_network_lists_the_others(scale: MakeScale) -> None:
    one = scale()
    one.world.home.on = False
    one.device.power_on()
    phone = one.phone()
    wait_until(lambda: shows(phone, "Scale-Model-Club"))


def test_a_phone_on_the_access_point_is_left_in_peace(scale: MakeScale) -> None:
    one = scale(skips_idle=False)
    one.world.home.on = False
    one.device.power_on()
    phone = one.phone()
    one.device.console.wait_for("next try in 300 s", 40)
    assert "was not found" in part(phone)
    phone.leave()
    one.device.skips_idle = True
    one.device.console.wait_for("next try in 5 s[\\s\\S]*next try in 30 s|next try in 30 s", 20)


def test_the_key_is_changed_and_changed_back(scale: MakeScale) -> None:
    one = scale(skips_idle=True)
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    one.world.home.key = b"another key"
    one.device.console.wait_for("Home: probably a wrong key; next try in 30 s")
    one.world.home.key = HOME_KEY.encode()
    one.claim()
    one.wait_linked()


def test_the_phone_leaves_halfway(scale: MakeScale) -> None:
    one, phone = new(scale)
    one.claim()
    connection = phone.connect(OWN)
    body = urlencode({"token": token(phone), "name": HOME_SSID, "key": HOME_KEY}).encode()
    head = f"POST /connect HTTP/1.1\r\nHost: {OWN}\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body[:-5])
    phone.leave()
    phone = one.phone()
    assert "Your home network" in part(phone)
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    phone.leave()
    one.wait_linked()


def test_three_phones_at_once(scale: MakeScale) -> None:
    one, first = new(scale)
    phones = [first, one.phone(), one.phone()]
    with ThreadPoolExecutor(3) as pool:
        for _ in range(5):
            assert [answer.status for answer in pool.map(ask, phones)] == [200] * 3


def test_power_is_cut_between_joined_and_stored(scale: MakeScale) -> None:
    one, phone = new(scale)
    one.claim()
    one.device.wear.cut_power_at(1)
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    wait_until(lambda: not one.device.powered)
    assert "/wifi.json" not in one.files()
    one.device.power_on()
    phone = one.phone()
    assert "Your home network" in part(phone)
    submit(phone, name=HOME_SSID, key=HOME_KEY)
    one.wait_linked()


def test_a_candidate_that_fails_leaves_the_proven_network(scale: MakeScale) -> None:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    phone = one.phone()
    submit(phone, name="Scale-Model-Club", key="wrong horse battery")
    one.device.console.wait_for("Scale-Model-Club: probably a wrong key[\\s\\S]*joined Home")
    assert "Scale-Model-Club</bdi> refused the key" in part(phone)
    one.claim()
    one.wait_linked()
    one.device.power_off()
    assert one.record("/wifi.json")["ssid"] == HOME_SSID
