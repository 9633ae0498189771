"""The radio of a board: it finds networks, and its access point comes up with a key and goes down again."""

from __future__ import annotations

from tests.device.conftest import Board

# The key is made on the board and never leaves it.
_ACCESS_POINT = """
import binascii, network, os
from firmware.hw.wifi import Wifi
wifi = Wifi()
wifi.open_access_point(b'Scale-Test', binascii.hexlify(os.urandom(8)).decode())
point = network.WLAN(network.AP_IF)
print(wifi.access_point_address(), point.config('security'), point.active())
wifi.close_access_point()
print(point.active())
"""


def test_a_search_finds_networks(board: Board) -> None:
    said = board.run("from firmware.hw.wifi import Wifi\nprint(len(Wifi().scan()))")
    assert int(said) > 0, "the radio finds no network; is there one of 2.4 GHz here?"


def test_the_access_point_comes_up_with_a_key(board: Board) -> None:
    assert board.run(_ACCESS_POINT).split() == ["192.168.4.1", "3", "True", "False"]
    board.restart()
