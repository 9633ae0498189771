"""What the set-up network answers: probes find the page, strangers get nothing, and what cannot be is refused."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from firmware.core.ssid import ssid_for
from tests.e2e.conftest import SETUP_KEY
from tests.e2e.visit import OWN, MakeScale, new, wait_until
from tools.simulator.ether import Network
from tools.simulator.internet import TCP
from tools.simulator.phone import NotJoined, Phone
from tools.simulator.visit import ask, submit, token
from tools.simulator.world import HOME_KEY, HOME_SSID

# What each operating system asks for to see whether there is internet: host, path, its own headers.
PROBES = {
    "android": ("connectivitycheck.gstatic.com", "/generate_204", "User-Agent: Dalvik/2.1.0"),
    "android fallback": ("www.google.com", "/gen_204", "Connection: close"),
    "ios": ("captive.apple.com", "/hotspot-detect.html", "User-Agent: CaptiveNetworkSupport-443.120.2 wispr"),
    "macos": ("www.apple.com", "/library/test/success.html", "User-Agent: CaptiveNetworkSupport"),
    "windows": ("www.msftconnecttest.com", "/connecttest.txt", "User-Agent: Microsoft NCSI"),
    "windows redirect": ("www.msftconnecttest.com", "/redirect", "Accept: */*"),
    "windows old": ("www.msftncsi.com", "/ncsi.txt", "User-Agent: Microsoft NCSI"),
    "firefox": ("detectportal.firefox.com", "/canonical.html", "Cache-Control: no-cache"),
    "firefox text": ("detectportal.firefox.com", "/success.txt?ipv4", "Pragma: no-cache"),
    "chrome os": ("www.gstatic.com", "/generate_204", "User-Agent: ChromeOS/Shill"),
}


def test_a_probe_opens_the_page(scale: MakeScale, figure: Callable[[str], None]) -> None:
    _, phone = new(scale)
    spans_s = []
    for system, (host, path, header) in PROBES.items():
        assert phone.resolve(host) == OWN, system
        began_s = time.monotonic()
        answer = ask(phone, path, header, host=host)
        spans_s.append(time.monotonic() - began_s)
        assert answer.status == 302, system
        assert answer.headers["location"] == f"http://{OWN}/", system
        assert answer.headers["connection"] == "close", system
        assert int(answer.headers["content-length"]) == len(answer.body) < 200, system
        assert "success" not in answer.text.lower(), system
    figure(f"probes answered after {min(spans_s) * 1000:.0f} to {max(spans_s) * 1000:.0f} ms")


def test_names_lead_to_the_scale_and_only_as_ipv4(scale: MakeScale) -> None:
    _, phone = new(scale)
    assert phone.resolve("anything.example.com") == OWN
    assert [phone.resolve("example.com", kind) for kind in (28, 65, 15, 16, 255)] == [None] * 5


def test_one_page_packed_or_plain(scale: MakeScale) -> None:
    _, phone = new(scale)
    plain, packed = ask(phone), ask(phone, "/", "Accept-Encoding: gzip, deflate")
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.text == packed.text
    for answer in (plain, packed):
        assert int(answer.headers["content-length"]) == len(answer.body) <= 8192
    assert not re.search(r"(src|href)=.(?!data:)", plain.text)


REFUSED: list[tuple[dict[str, str], str]] = [
    ({}, "Choose a network"),
    ({"name": "x" * 33}, "at most 32 bytes"),
    ({"name": "ü" * 17}, "at most 32 bytes"),
    ({"network": "zz"}, "Choose a network"),
    ({"name": "Home", "key": "short"}, "A key has 8 to 63"),
    ({"name": "Home", "key": "x" * 64}, "A key has 8 to 63"),
    ({"name": "Home", "key": "schlüssel"}, "A key has 8 to 63"),
    ({"network": HOME_SSID.encode().hex()}, "This network needs a key"),
]


def test_what_cannot_be_is_refused_with_the_reason(scale: MakeScale) -> None:
    one, phone = new(scale)
    for fields, reason in REFUSED:
        answer = submit(phone, **fields)
        assert answer.status == 400, fields
        assert reason in answer.text, fields
        assert reason not in ask(phone).text, fields  # the next visitor is not told
    assert "asked to join" not in one.device.console.text


def test_changes_need_a_post_with_the_token(scale: MakeScale) -> None:
    one, phone = new(scale)
    assert ask(phone, "/connect?name=Home&key=12345678").status == 405
    for body in (b"name=Home&key=12345678", b"token=0&name=Home&key=12345678", b"%zz", b"token"):
        answer = ask(phone, "/connect", method="POST", body=body)
        assert answer.status == 403
        assert "older than" in answer.text
    assert ask(phone, "/search", method="POST", body=b"token=0").status == 403
    assert "asked to join" not in one.device.console.text


def test_foreign_hosts_get_the_redirect_and_nothing_else(scale: MakeScale) -> None:
    one, phone = new(scale)
    for host in ("evil.example", "", "192.168.4.1.evil.example", "192.168.4.1:8080", "[::1]"):
        answer = ask(phone, "/", "Accept-Encoding: gzip", host=host)
        assert answer.status == 302
        assert one.serial not in answer.text
    body = urlencode({"token": token(phone), "name": "Home", "key": HOME_KEY}).encode()
    assert ask(phone, "/connect", host="evil.example", method="POST", body=body).status == 302
    assert "asked to join" not in one.device.console.text


def test_neighbours_of_the_home_network_get_nothing(scale: MakeScale) -> None:
    one, phone = new(scale)
    way = one.device.radio.ports.way(OWN, 80, TCP)
    assert way
    assert one.device.radio.ports.way("192.168.1.101", 80, TCP) is None
    with socket.socket() as neighbour:
        neighbour.settimeout(5)
        neighbour.bind(("127.168.1.50", 0))
        neighbour.connect(way)
        assert neighbour.recv(100) == b""
    assert ask(phone).status == 200


def test_the_setup_network_has_a_key(scale: MakeScale, world: object) -> None:
    one, phone = new(scale)
    other = one.world.new_phone()
    for key in (None, "another key"):
        with pytest.raises(NotJoined):
            other.join(ssid_for(one.serial), key)
    assert SETUP_KEY not in ask(phone).text


def test_names_from_the_air_are_only_text(scale: MakeScale) -> None:
    one = scale(wifi=False)
    hostile = [
        b"<script>alert(1)</script>",
        b'"><img src=x>',
        b"'&amp;\x00\x1b[2J",
        b"\xff\xfe\x80",
        b"\xe2\x80\xaeevil",
    ]
    for ssid in hostile:
        one.world.ether.add(Network(ssid, b"12345678", rssi_dbm=-40))
    one.device.power_on()
    text = ask(one.phone()).text
    assert "<img" not in text
    assert text.count("<script>") == 1
    assert all(ssid.hex() in text for ssid in hostile)
    assert "\x1b" not in text and "\u202e" not in text


@pytest.mark.parametrize("name", ["Wireless network %02d", "Familie Müllers Gäste-WLAN  %02d"])
def test_a_page_full_of_networks_weighs_at_most_8_kb(scale: MakeScale, name: str) -> None:
    one = scale(wifi=False)
    for number in range(20):
        one.world.ether.add(Network((name % number).encode(), b"12345678", rssi_dbm=-40 - number))
    one.device.power_on()
    phone = one.phone()
    plain, packed = ask(phone), ask(phone, "/", "Accept-Encoding: gzip")
    for answer, least in ((packed, 12), (plain, 6)):
        assert least <= answer.text.count('type="radio"') - 1 <= 12
        assert len(answer.body) <= 7_800


def is_served(phone: Phone) -> bool:
    """Whether the phone gets the page, or is turned away for now."""
    try:
        return ask(phone).status == 200
    except OSError:
        return False


def test_visitors_who_never_take_their_answer_make_room(scale: MakeScale) -> None:
    one, phone = new(scale)
    greedy = one.phone()
    with contextlib.ExitStack() as stack:
        for _ in range(3):
            connection = stack.enter_context(greedy.connect(OWN, room_bytes=1024))
            connection.sendall(f"GET / HTTP/1.1\r\nHost: {OWN}\r\n\r\n".encode())
            assert connection.recv(5) == b"HTTP/"  # it is answered, and takes no more
        began_s = time.monotonic()
        wait_until(lambda: is_served(phone))
        assert 1 < time.monotonic() - began_s < 5  # who takes nothing for 1.5 s; not the 8 s that a visit may take


def test_odd_requests_get_the_page_again_and_again(scale: MakeScale) -> None:
    _, phone = new(scale)
    many, long = [f"X{number}: 12345678" for number in range(120)], "Accept-Language: " + "en," * 300
    for path, lines in (("/?a=%zz", []), ("/", many), ("/", [long])):
        assert [ask(phone, path, *lines).status for _ in range(20)] == [200] * 20, (path, lines[:1])
