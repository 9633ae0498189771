"""The simulated radio gives the misleading answers of the real one; each test names the trap it stands for."""

from __future__ import annotations

import pytest

from tools.simulator.ether import Ether, Network
from tools.simulator.radio import AP, STA, Radio
from tools.simulator.station import RadioError, Timing

MAC = b"\x24\x0a\xc4\x00\x00\x01"
KEY = "password1"


class Bench:
    """A radio on a virtual clock."""

    def __init__(self) -> None:
        self.ether = Ether()
        self.home = self.ether.add(Network(b"home", KEY.encode(), channel=11))
        self.radio = Radio(self.ether, MAC, Timing())
        self.now_ms = 1000

    def sta(self, action: str, **details: object) -> object:
        return self.radio.call(action, STA, self.now_ms, **details)

    def ap(self, action: str, **details: object) -> object:
        return self.radio.call(action, AP, self.now_ms, **details)

    def wait(self, ms: int) -> None:
        self.now_ms += ms

    def connect(self, ssid: str = "home", key: str | None = KEY) -> None:
        self.sta("active", wanted=True)
        self.sta("connect", ssid=ssid, key=key)

    def status(self) -> object:
        return self.sta("status", param=None)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_joins_and_gets_an_address(bench: Bench) -> None:
    bench.connect()
    assert bench.status() == 1001
    bench.wait(1000)
    assert (bench.status(), bench.sta("isconnected")) == (1010, True)
    assert bench.sta("ifconfig")[0].startswith("192.168.1.")


def test_connect_needs_an_active_station(bench: Bench) -> None:
    with pytest.raises(RadioError, match="Not Started"):
        bench.sta("connect", ssid="home", key=KEY)


def test_d2_wrong_key_hides_as_connecting_unless_reconnects_is_zero(bench: Bench) -> None:
    bench.connect(key="wrong key")
    bench.wait(60_000)
    assert bench.status() == 1001
    bench.sta("disconnect")
    bench.wait(1000)
    bench.sta("write_config", settings={"reconnects": 0})
    bench.sta("connect", ssid="home", key="wrong key")
    bench.wait(5000)
    assert bench.status() == 15


def test_d3_the_last_cause_outlives_the_next_connect(bench: Bench) -> None:
    bench.sta("write_config", settings={"reconnects": 0})
    bench.connect(ssid="nowhere")
    bench.wait(5000)
    assert bench.status() == 201
    bench.sta("connect", ssid="home", key=KEY)
    assert bench.status() == 201
    bench.wait(1000)
    assert bench.status() == 1010


def test_d4_second_connect_is_an_internal_error_until_settled(bench: Bench) -> None:
    bench.connect()
    with pytest.raises(RadioError, match="Wifi Internal Error"):
        bench.sta("connect", ssid="home", key=KEY)
    bench.sta("disconnect")
    with pytest.raises(RadioError, match="Wifi Internal Error"):
        bench.sta("connect", ssid="home", key=KEY)
    bench.wait(1000)
    bench.sta("connect", ssid="home", key=KEY)


def test_d7_long_names_and_keys_are_cut_without_a_word(bench: Bench) -> None:
    bench.ether.add(Network(b"n" * 32, b"k" * 64))
    bench.connect(ssid="n" * 40, key="k" * 70)
    bench.wait(1000)
    assert bench.status() == 1010


def test_a_key_for_an_open_network_never_connects(bench: Bench) -> None:
    bench.ether.add(Network(b"open"))
    bench.sta("write_config", settings={"reconnects": 0})
    bench.connect(ssid="open")
    bench.wait(5000)
    assert bench.status() == 210


def test_silent_dhcp_stays_connecting(bench: Bench) -> None:
    bench.home.dhcp = False
    bench.connect()
    bench.wait(60_000)
    assert (bench.status(), bench.sta("isconnected")) == (1001, False)


def test_a_network_that_vanishes_is_noticed_after_the_beacon_time_out(bench: Bench) -> None:
    bench.sta("write_config", settings={"reconnects": 0})
    bench.connect()
    bench.wait(1000)
    assert bench.status() == 1010
    bench.home.on = False
    bench.sta("isconnected")
    bench.wait(5000)
    assert bench.sta("isconnected") is True
    bench.wait(2000)
    assert (bench.sta("isconnected"), bench.status()) == (False, 200)


def test_a_router_with_a_new_key_throws_the_station_out(bench: Bench) -> None:
    bench.connect()
    bench.wait(1000)
    assert bench.status() == 1010
    bench.home.key = b"changed it"
    assert bench.sta("isconnected") is False


def test_online_ends_with_the_routers_line(bench: Bench) -> None:
    bench.connect()
    bench.wait(1000)
    assert bench.radio.online(bench.now_ms)
    bench.home.internet = False
    assert bench.sta("isconnected") is True
    assert not bench.radio.online(bench.now_ms)


def test_d8_a_key_without_security_leaves_the_access_point_open(bench: Bench) -> None:
    bench.ap("active", wanted=True)
    bench.ap("write_config", settings={"ssid": "Scale", "key": "password"})
    assert bench.ap("read_config", name="security") == 0
    bench.ap("write_config", settings={"security": 3, "key": "password"})
    assert bench.ap("read_config", name="security") == 3


def test_d8_a_short_key_and_a_missing_key_are_refused(bench: Bench) -> None:
    bench.ap("active", wanted=True)
    with pytest.raises(RadioError, match="Invalid Password"):
        bench.ap("write_config", settings={"security": 3, "key": "short"})
    with pytest.raises(RadioError, match="Invalid Password"):
        bench.ap("write_config", settings={"security": 3})
    assert bench.ap("read_config", name="security") == 0


def test_d9_the_key_cannot_be_read_back(bench: Bench) -> None:
    bench.ap("active", wanted=True)
    bench.ap("write_config", settings={"security": 3, "key": "password"})
    with pytest.raises(ValueError, match="unknown config param"):
        bench.ap("read_config", name="key")


def test_d10_config_before_active_is_an_invalid_mode(bench: Bench) -> None:
    with pytest.raises(RadioError, match="Invalid Mode"):
        bench.ap("write_config", settings={"ssid": "Scale"})
    bench.ap("active", wanted=True)
    assert bench.ether.scan()[0].ssid.startswith(b"ESP_")


def test_d11_the_access_point_follows_the_stations_channel(bench: Bench) -> None:
    bench.ap("active", wanted=True)
    assert bench.ether.scan()[0].channel == 1
    bench.connect()
    bench.wait(1000)
    bench.sta("isconnected")
    assert bench.ether.scan()[0].channel == 11


def test_the_access_point_may_not_be_sent_above_channel_11_but_follows_there(bench: Bench) -> None:
    bench.ap("active", wanted=True)
    with pytest.raises(RuntimeError, match="Wifi Unknown Error 0x0102"):
        bench.ap("write_config", settings={"channel": 12})
    bench.home.channel = 13
    bench.connect()
    bench.wait(1000)
    bench.sta("isconnected")
    assert bench.ap("read_config", name="channel") == 13


def test_d12_scan_needs_the_station_blocks_and_is_empty_while_it_connects(bench: Bench) -> None:
    with pytest.raises(RadioError, match="STA must be active"):
        bench.sta("scan")
    bench.sta("active", wanted=True)
    bench.home.hidden = True
    found = bench.sta("scan")
    assert found["ms"] == 2500
    assert found["found"][0][0] == {"hex": ""}
    bench.sta("connect", ssid="home", key=KEY)
    assert bench.sta("scan")["found"] == []


def test_hard_reset_silences_the_access_point(bench: Bench) -> None:
    bench.ap("active", wanted=True)
    bench.radio.off()
    assert [beacon.ssid for beacon in bench.ether.scan()] == [b"home"]
