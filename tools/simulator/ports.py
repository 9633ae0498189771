"""The ports a simulated device listens on, and where on the desk's loopback they really are.

A simulated address 192.168.a.b is 127.168.a.b on the desk, so both ends see who the other is. It moves no bytes.
"""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass, field

from tools.simulator import access_point
from tools.simulator.internet import UDP
from tools.simulator.station import RadioError

_IN_USE = 112  # EADDRINUSE of the chip's lwIP
_ANY = "0.0.0.0"


def on_desk(address: str) -> str:
    """The loopback address that stands for `address` of a simulated home or setup network."""
    first, _, rest = address.partition(".")
    return f"127.{rest}" if first == "192" else address


@dataclass
class Ports:
    """What one device listens on: (address, port, kind) -> the loopback endpoint."""

    ways: dict[tuple[str, int, int], tuple[str, int]] = field(default_factory=dict)

    def listen(self, address: str, port: int, kind: int, own: tuple[str, ...]) -> tuple[str, int]:
        """A socket is bound to `address`, one of its `own` or all of them; returns where it really is to be bound."""
        if address not in (*own, _ANY):
            raise RadioError(errno.EADDRNOTAVAIL)
        if (address, port, kind) in self.ways:
            raise RadioError(_IN_USE)
        host = on_desk(access_point.ADDRESS if address == _ANY else address)
        self.ways[address, port, kind] = (host, _free_port(host, kind))
        return self.ways[address, port, kind]

    def close(self, way: tuple[str, int]) -> None:
        """The socket bound there was closed."""
        self.ways = {key: kept for key, kept in self.ways.items() if kept != way}

    def way(self, address: str, port: int, kind: int) -> tuple[str, int] | None:
        """The endpoint behind `address`:`port`, or None when nobody listens there."""
        return self.ways.get((address, port, kind)) or self.ways.get((_ANY, port, kind))


def _free_port(host: str, kind: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == UDP else socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
