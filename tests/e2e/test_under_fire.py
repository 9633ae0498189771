"""The set-up network under fire: nonsense by the ten thousand, silence by the hundred, and a good phone is served."""

from __future__ import annotations

import contextlib
import random
import select
import socket
import string
import struct
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import dns_answer
import pytest

from firmware.core import settings
from tests.e2e.conftest import SETUP_KEY
from tests.e2e.fire import mutated, mutated_request, shoot, under_fire
from tests.e2e.visit import OWN, MakeScale, new, wait_until
from tools.simulator.ether import Network
from tools.simulator.internet import TCP, UDP
from tools.simulator.phone import Phone
from tools.simulator.ports import on_desk
from tools.simulator.station import Station
from tools.simulator.visit import Answer, ask, token

_ALL = pytest.mark.slow  # a tenth of it with every `make test`, all of it with `make slow`
# All of a batch fits into the socket's buffer (at most 1.3 kB of 208 kB each), so none is lost on the way.
_BATCH = 100
_RARITIES = 600
_DRIP_S, _PATIENCE_S = 0.2, 20.0
_WAVES, _WAVE, _WAVE_S = 10, 300, 0.5
_PAIRS = 25
_STATUSES = {200, 302, 400, 403, 405, 411, 413, 431, 501}


def question(rng: random.Random) -> bytes:
    """A DNS packet as phones send them, at times with an OPT record behind."""
    labels = [rng.randbytes(rng.randint(1, 20)) for _ in range(rng.randint(0, 6))]
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    kind, extra = rng.choice((1, 28, 65, 12, 255)), rng.random() < 0.3
    head = struct.pack(">HHHHHH", rng.randrange(1 << 16), 0x0100, 1, 0, 0, int(extra))
    return head + name + struct.pack(">HH", kind, 1) + (b"\0\0\x29\x04\xd0\0\0\0\0\0\0" if extra else b"")


def packet(rng: random.Random) -> bytes:
    """Half are plain noise, the other half questions with something wrong."""
    if rng.random() < 0.5:
        return rng.randbytes(rng.choice((0, 5, 12, 17, 40, 100, 512, 600)))
    return mutated(rng, question(rng))


@pytest.mark.parametrize("packets", [10_000, pytest.param(100_000, marks=_ALL)])
def test_broken_dns_packets(scale: MakeScale, figure: Callable[[str], None], packets: int) -> None:
    rng = random.Random(53)
    answered = 0
    with under_fire(scale, figure) as (one, phone), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        way = one.device.radio.ports.way(OWN, 53, UDP)
        assert way
        sock.settimeout(5)
        sock.bind((on_desk(phone.address()), 0))
        expected: list[bytes] = []
        for _ in range(packets // _BATCH):
            # The last one of a batch is good: its answer says that all before it were read.
            batch = [*(packet(rng) for _ in range(_BATCH - 1)), b"\0\0\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"]
            assert [sock.recv(1024) for _ in expected] == expected  # of the batch before
            for data in batch:
                sock.sendto(data, way)
            replies = [dns_answer.answer(data[:512], OWN) for data in batch]
            expected = [reply for reply in replies if reply is not None]
            answered += len(expected)
        assert [sock.recv(1024) for _ in expected] == expected
    figure(f"{packets} packets, {answered} answered")


def requests(rng: random.Random, page_token: str, count: int) -> list[bytes]:
    """What browsers send, the forms with the right token, but none that would make the scale join or search."""
    form = urlencode({"token": page_token, "key": "short", "name": "x" * 60})
    posts = {
        "/connect": (form, form.replace("name", "network"), "token=0&name=Home&key=12345678"),
        "/search": ("token=0",),
    }
    host = f"Host: {OWN}"
    found = [
        f"{method} {path} HTTP/1.1\r\n{host}\r\n{more}\r\n"
        for method in ("GET", "HEAD")
        for path in ("/", "/generate_204", "/connect")
        for more in ("", "Accept-Encoding: gzip, deflate\r\nAccept-Language: de-DE,en;q=0.5\r\n", "X-Part: 1\r\n")
    ]
    found += [
        f"POST {path} HTTP/1.1\r\n{host}\r\nContent-Type: application/x-www-form-urlencoded\r\n{more}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
        for path, bodies in posts.items()
        for body in bodies
        for more in ("", "X-Part: 1\r\n")
    ]
    return [mutated_request(rng, rng.choice(found).encode()) for _ in range(count)]


def rarities() -> list[bytes]:
    """Requests with a character each that was never seen before, wherever the scale may look at one."""
    places = (
        "GET /{} HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n{}: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
    )
    return [places[code % 3].format(chr(code)).encode() for code in range(0x4E00, 0x4E00 + _RARITIES)]


@pytest.mark.parametrize("count", [1_000, pytest.param(10_000, marks=_ALL)])
def test_broken_requests(scale: MakeScale, figure: Callable[[str], None], count: int) -> None:
    statuses: Counter[int | str] = Counter()
    with under_fire(scale, figure) as (one, phone):
        way = one.device.radio.ports.way(OWN, 80, TCP)
        assert way
        shots = requests(random.Random(80), token(phone), count) + rarities()
        with ThreadPoolExecutor(2) as pool:
            for shot, (raw, is_whole) in zip(shots, pool.map(lambda shot: shoot(phone, way, shot), shots), strict=True):
                assert one.token.encode() not in raw and SETUP_KEY.encode() not in raw
                statuses[judged(shot, raw) if is_whole and raw else "nothing" if is_whole else "broke off"] += 1
    figure(f"statuses of broken requests: {dict(statuses)}")
    assert set(statuses) >= (_STATUSES if count == 10_000 else _STATUSES - {431, 413, 411, 501})
    assert "asked to join" not in one.device.console.text


def judged(shot: bytes, raw: bytes) -> int:
    """The status of an answer, which has to be a proper one."""
    answer = Answer(raw, has_body=not shot.startswith(b"HEAD "))
    assert answer.status in _STATUSES, (shot, raw)
    if not shot.startswith(b"HEAD "):
        assert int(answer.headers["content-length"]) == len(answer.body), (shot, raw)
    return answer.status


def drip(phone: Phone, connections: int, for_s: float, enough: int, comes_back: bool) -> list[float]:
    """Hold connections that send a byte now and then, so long at least and until enough of them were closed.

    Returns for how many seconds each that was closed was borne.
    """
    opened = {phone.connect(OWN): time.monotonic() for _ in range(connections)}
    lives = []
    start_s = time.monotonic()
    while time.monotonic() - start_s < for_s or len(lives) < enough:
        assert time.monotonic() - start_s < _PATIENCE_S, lives
        for connection in opened:
            with contextlib.suppress(OSError):
                connection.send(b"G")
        time.sleep(_DRIP_S)
        for connection in select.select(list(opened), [], [], 0)[0]:
            lives.append(time.monotonic() - opened.pop(connection))
            connection.close()
            if comes_back:
                opened[phone.connect(OWN)] = time.monotonic()
    for connection in opened:
        connection.close()
    return lives


def test_connections_that_drip_a_byte_now_and_then(scale: MakeScale, figure: Callable[[str], None]) -> None:
    with under_fire(scale, figure) as (_, phone):
        few = drip(phone, 2, for_s=0, enough=2, comes_back=False)
        many = drip(phone, 8, for_s=3, enough=5, comes_back=True)  # there is room for three
    figure(f"two were borne for {few} s; of eight that came back {len(many)} were closed")


def test_hundreds_of_connections_that_say_nothing(scale: MakeScale, figure: Callable[[str], None]) -> None:
    closed = 0
    with under_fire(scale, figure) as (one, phone):
        way = one.device.radio.ports.way(OWN, 80, TCP)
        assert way
        for _ in range(_WAVES):
            closed += flood(on_desk(phone.address()), way)
    figure(f"{_WAVES} waves of {_WAVE} connections, {closed} taken and closed by the scale")
    assert closed >= _WAVES


def flood(own: str, way: tuple[str, int]) -> int:
    """Open hundreds of connections at once and hold them; returns how many the scale closed."""
    closed = 0
    with contextlib.ExitStack() as stack:
        connections = []
        for _ in range(_WAVE):
            connection = stack.enter_context(socket.socket())
            connection.setblocking(False)
            connection.bind((own, 0))
            connection.connect_ex(way)
            connections.append(connection)
        end_s = time.monotonic() + _WAVE_S
        while connections and time.monotonic() < end_s:
            ready = select.select(connections, [], [], 0.1)[0]
            connections = [connection for connection in connections if connection not in ready]
            closed += len(ready)
    return closed


def pairs(rng: random.Random) -> list[tuple[bytes, str | None]]:
    """Names and keys of every length and kind, the nastiest first."""
    printable = "".join(map(chr, range(0x20, 0x7F)))
    names = [b"\0", b"\xff" * 32, b"&=%+;", "<\u202e\U0001f389".encode(), b"\xed\xa0\x80", b"\xc0\xbc", b'\\"\r\n\x7f']
    names += [rng.randbytes(rng.randint(1, 32)) for _ in range(_PAIRS - len(names))]
    keys: list[str | None] = [None, " " * 8, printable[:63], printable[-63:], "0123456789abcdefABCDEF" * 3]
    keys = [key and key[:64] for key in keys]
    keys += ["".join(rng.choices(printable, k=rng.randint(8, 63))) for _ in range(_PAIRS - len(keys) - 4)]
    keys += ["".join(rng.choices(string.hexdigits, k=64)) for _ in range(4)]
    rng.shuffle(keys)
    return list(zip(names, keys, strict=True))


def test_any_name_and_key_reach_the_radio_as_typed(scale: MakeScale, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[bytes, bytes | None]] = []
    connect = Station.connect
    monkeypatch.setattr(Station, "connect", lambda self, *call: asked.append(call[:2]) or connect(self, *call))
    one, phone = new(scale)
    wanted = pairs(random.Random(32))
    one.world.ether.add(Network(wanted[-1][0], (wanted[-1][1] or "").encode() or None))
    page_token = token(phone)
    for number, (ssid, key) in enumerate(wanted):
        choice = {"name": ssid} if number % 2 else {"network": ssid.hex(), "name": "typed before"}
        body = urlencode({"token": page_token, **choice, "key": key or ""}).encode()
        one.device.skips_idle = False
        assert ask(phone, "/connect", method="POST", body=body).status == 303
        one.device.skips_idle = True
        wait_until(lambda: len(asked) > number)  # noqa: B023
    assert asked == [(ssid, key.encode() if key else None) for ssid, key in wanted]
    one.device.console.wait_for("boot: network stored")
    one.device.power_off()
    stored = settings.wifi(one.record("/wifi.json"))
    assert stored and (stored.ssid, stored.key) == wanted[-1]
