"""A phone in range of the simulated devices: it joins an access point, asks its name server, opens connections.

What it sends is up to the test, or to the browser behind its proxy (`socks`); it follows no link by itself.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import struct
from types import TracebackType
from typing import Self

from tools.simulator import access_point
from tools.simulator.ether import Ether
from tools.simulator.internet import TCP, UDP
from tools.simulator.ports import on_desk

A = 1
_DNS_PORT = 53
_DEADLINE_S = 5.0
_numbers = itertools.count(1)


class NotJoined(OSError):
    """The access point is not there, full, or has another key; or the phone lost it."""


class _Connection(socket.socket):
    """A socket that keeps what came over it in `heard`."""

    heard: bytearray

    def recv(self, *details: int) -> bytes:
        data = super().recv(*details)
        self.heard += data
        return data


class Phone:
    """One phone. While it is wanted in a network it comes back by itself when it was thrown out, as phones do.

    `heard` is all that came to it over TCP.
    """

    def __init__(self, ether: Ether, *, comes_back: bool = True) -> None:
        self.mac = b"\x02\xff" + struct.pack(">I", next(_numbers))
        self.comes_back = comes_back
        self.heard = bytearray()
        self._ether = ether
        self._wanted: tuple[bytes, bytes | None] | None = None
        self._address: str | None = None
        self._connections: set[socket.socket] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def join(self, ssid: bytes, key: str | None = None) -> str:
        """Join the access point `ssid`; returns the address given. Raises NotJoined."""
        self._wanted = ssid, key.encode() if key else None
        self._address = None
        return self.address()

    def leave(self) -> None:
        """Walk away: whatever is open breaks off, without a word to the device."""
        if self._wanted and (radio := self._ether.device(self._wanted[0])):
            radio.access_point.dismiss(self.mac)
        self._wanted = self._address = None
        self._break_off()

    def address(self) -> str:
        """The phone's address, had anew if it was thrown out and comes back. Raises NotJoined."""
        if self._wanted is None:
            raise NotJoined("the phone is in no network")
        ssid, key = self._wanted
        radio = self._ether.device(ssid)
        if radio is not None and radio.access_point.guests.get(self.mac) == self._address is not None:
            return self._address
        self._break_off()
        if self._address is not None and not self.comes_back:
            raise NotJoined(f"{ssid!r} threw the phone out")
        self._address = radio.access_point.admit(self.mac, key) if radio else None
        if self._address is None:
            raise NotJoined(f"{ssid!r} cannot be joined")
        return self._address

    def connect(self, host: str, port: int = 80, room_bytes: int | None = None) -> socket.socket:
        """Open a TCP connection, with room for so many bytes that nobody reads.

        Raises OSError; it breaks off when the phone loses the network.
        """
        connection = _Connection()
        connection.heard = self.heard
        try:
            if room_bytes is not None:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room_bytes)
            connection.settimeout(_DEADLINE_S)
            connection.bind((on_desk(self.address()), 0))
            connection.connect(self._way(host, port, TCP))
        except OSError:
            connection.close()
            raise
        self._connections = {other for other in self._connections if other.fileno() >= 0} | {connection}
        return connection

    def ask(self, packet: bytes, deadline_s: float = _DEADLINE_S) -> bytes:
        """Send one packet to the name server that DHCP named; returns its reply. Raises OSError when none comes."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(deadline_s)
            sock.bind((on_desk(self.address()), 0))
            sock.sendto(packet, self._way(access_point.ADDRESS, _DNS_PORT, UDP))
            return sock.recv(1024)

    def resolve(self, name: str, kind: int = A) -> str | None:
        """The IPv4 address the name server gives for `name`, or None when it gives none."""
        labels = b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split("."))
        question = labels + b"\0" + struct.pack(">HH", kind, 1)
        reply = self.ask(os.urandom(2) + struct.pack(">HHHHH", 0x0100, 1, 0, 0, 0) + question)
        answers = struct.unpack_from(">H", reply, 6)[0]
        return socket.inet_ntoa(reply[-4:]) if answers else None

    def _way(self, host: str, port: int, kind: int) -> tuple[str, int]:
        self.address()
        assert self._wanted is not None
        radio = self._ether.device(self._wanted[0])
        way = radio.ports.way(host, port, kind) if radio else None
        if way is None:
            raise ConnectionRefusedError(f"nobody listens at {host}:{port}")
        return way

    def _break_off(self) -> None:
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()
