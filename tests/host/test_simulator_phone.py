"""Simulated phones behave as phones do: they need the key, are thrown out, come back, and reach the board alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tools.simulator.ether import Ether
from tools.simulator.internet import TCP, UDP
from tools.simulator.phone import NotJoined, Phone
from tools.simulator.radio import AP, Radio
from tools.simulator.socks import Proxy
from tools.simulator.station import RadioError, Timing

SSID = b"Scale-7KM2XQ9RTF"
OWN = "192.168.4.1"
KEY = "KEY4SETUP9"


@dataclass
class Bench:
    """A board's radio with its access point on the air, and its phones."""

    ether: Ether
    radio: Radio

    def set(self, **settings: object) -> None:
        """As `WLAN.config(...)` of the access point."""
        self.radio.call("write_config", AP, 1000, settings=settings)

    def phone(self, key: str | None = None, **options: bool) -> Phone:
        phone = Phone(self.ether, **options)
        phone.join(SSID, key)
        return phone

    def listen(self, kind: int = TCP) -> socket.socket:
        """A server of the board on port 80, or its name server."""
        way = self.radio.ports.listen(OWN, 80 if kind == TCP else 53, kind, (OWN,))
        server = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == TCP else socket.SOCK_DGRAM)
        server.bind(way)
        server.settimeout(5)
        if kind == TCP:
            server.listen()
        return server


@pytest.fixture
def bench() -> Iterator[Bench]:
    ether = Ether()
    radio = Radio(ether, b"\x24\x0a\xc4\x00\x00\x01", Timing())
    radio.call("active", AP, 1000, wanted=True)
    made = Bench(ether, radio)
    made.set(ssid=SSID.decode(), security=0)
    yield made
    radio.off()


def test_the_key_decides(bench: Bench) -> None:
    bench.set(security=3, key=KEY)
    for wrong in (None, "another key"):
        with pytest.raises(NotJoined):
            bench.phone(wrong)
    assert bench.phone(KEY).address().startswith("192.168.4.")


def test_a_key_without_security_leaves_the_house_open(bench: Bench) -> None:
    bench.set(key=KEY)
    assert bench.phone(None).address().startswith("192.168.4.")


def test_addresses_differ_and_the_fifth_phone_finds_no_room(bench: Bench) -> None:
    phones = [bench.phone() for _ in range(4)]
    assert len({phone.address() for phone in phones}) == 4
    with pytest.raises(NotJoined):
        bench.phone()
    phones[0].leave()
    assert bench.phone().address() not in [phone.address() for phone in phones[1:]]


def test_a_change_of_channel_throws_out_and_the_phone_comes_back(bench: Bench) -> None:
    comes, stays_away = bench.phone(), bench.phone(comes_back=False)
    with bench.listen() as server, comes.connect(OWN) as connection:
        peer, _ = server.accept()
        bench.set(channel=11)
        assert bench.radio.access_point.guests == {}
        comes.address()
        assert connection.recv(1) == b""  # broken off
        peer.close()
    with pytest.raises(NotJoined):
        stays_away.address()


def test_both_ends_see_who_the_other_is(bench: Bench) -> None:
    phone = bench.phone()
    with bench.listen() as server, phone.connect(OWN):
        peer, address = server.accept()
        peer.close()
    assert address[0] == "127." + phone.address().removeprefix("192.")


def test_only_what_the_board_listens_on_can_be_reached(bench: Bench) -> None:
    phone = bench.phone()
    with bench.listen():
        for host, port in ((OWN, 81), ("192.168.1.101", 80), ("192.168.4.2", 80)):
            with pytest.raises(ConnectionRefusedError):
                phone.connect(host, port)
    phone.leave()
    with pytest.raises(NotJoined):
        phone.connect(OWN)


def test_a_port_is_taken_once_and_only_at_an_own_address(bench: Bench) -> None:
    ports = bench.radio.ports
    way = ports.listen(OWN, 80, TCP, (OWN,))
    for address, number in ((OWN, 112), ("10.0.0.1", 99)):
        with pytest.raises(RadioError) as refused:
            ports.listen(address, 80, TCP, (OWN,))
        assert refused.value.args == (number,)
    ports.close(way)
    assert ports.way(OWN, 80, TCP) is None
    ports.listen(OWN, 80, TCP, (OWN,))


def surf(proxy: Proxy) -> socket.socket:
    """A browser's connection to its proxy, greeted."""
    browser = socket.create_connection(("127.0.0.1", int(proxy.url.rpartition(":")[2])), 5)
    browser.sendall(b"\5\1\0")
    assert browser.recv(2) == b"\5\0"
    return browser


def answer_names(server: socket.socket, count: int) -> None:
    """Answer so many questions with the board's address, as its name server does."""
    for _ in range(count):
        question, peer = server.recvfrom(512)
        head = question[:2] + b"\x84\0\0\1\0\1\0\0\0\0"
        server.sendto(head + question[12:] + b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(OWN), peer)


def test_a_browser_reaches_the_board_by_any_name(bench: Bench) -> None:
    phone = bench.phone()
    with bench.listen(UDP) as names, bench.listen() as server, Proxy(phone) as proxy:
        threading.Thread(target=answer_names, args=(names, 1), daemon=True).start()
        with surf(proxy) as browser:
            browser.sendall(b"\5\1\0\3\x0bexample.com\0\x50")
            peer, _ = server.accept()
            assert browser.recv(10)[:2] == b"\5\0"
            peer.sendall(b"hello")
            assert browser.recv(5) == b"hello"
            peer.close()
            assert browser.recv(1) == b""


@pytest.mark.parametrize(("command", "code"), [(2, 7), (1, 4)])
def test_a_browser_is_told_what_cannot_be(bench: Bench, command: int, code: int) -> None:
    with Proxy(bench.phone()) as proxy, surf(proxy) as browser:
        browser.sendall(bytes([5, command, 0, 1]) + socket.inet_aton(OWN) + b"\0\x50")
        assert browser.recv(10)[1] == code
