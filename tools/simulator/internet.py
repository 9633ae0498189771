"""The internet behind the simulated routers: names, routes to the desk's loopback, and a clock service.

It moves no bytes itself: a socket of the device asks where an address leads and then talks to that loopback port.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from ipaddress import ip_address

_NTP_UNIX_S = 2208988800
_FIRST_ADDRESS = int(ip_address("203.0.113.1"))  # TEST-NET-3, RFC 5737
TCP, UDP = 1, 2


class Internet:
    """Hosts by name. `dns_alive` and `dns_patience_ms` say what becomes of a look-up."""

    def __init__(self) -> None:
        self.dns_alive = True
        self.dns_patience_ms = 5000
        self._addresses: dict[str, str] = {}
        self._routes: dict[tuple[str, int, int], tuple[str, int]] = {}

    def add_host(self, name: str, port: int, way: tuple[str, int], kind: int = TCP) -> str:
        """Let `name`:`port` lead to the loopback endpoint `way`; returns the host's public address."""
        address = self._addresses.setdefault(name, str(ip_address(_FIRST_ADDRESS + len(self._addresses))))
        self._routes[address, port, kind] = way
        return address

    def resolve(self, name: str) -> str | None:
        """The address of `name`, itself if it is an address already, None if nobody knows it."""
        try:
            return str(ip_address(name))
        except ValueError:
            return self._addresses.get(name) if self.dns_alive else None

    def route(self, address: str, port: int, kind: int) -> tuple[str, int] | None:
        """The loopback endpoint behind a public address, or None if no host listens there."""
        return self._routes.get((address, port, kind))


class ClockService:
    """An NTP server on a loopback port. It can be wrong (`offset_s`) or silent (`answers = False`)."""

    def __init__(self, now_s: Callable[[], float] = time.time) -> None:
        self.offset_s = 0.0
        self.answers = True
        self.asked = 0
        self._now_s = now_s
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.way: tuple[str, int] = self._socket.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Stop serving."""
        with contextlib.suppress(OSError):  # not connected, says Linux, and wakes the thread all the same
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                self._answer(*self._socket.recvfrom(512))
            except OSError:  # closed
                return

    def _answer(self, query: bytes, peer: tuple[str, int]) -> None:
        self.asked += 1
        if self.answers and len(query) >= 48:
            self._socket.sendto(self._reply(query), peer)

    def _reply(self, query: bytes) -> bytes:
        now_s = self._now_s() + self.offset_s
        stamp = struct.pack("!II", int(now_s) + _NTP_UNIX_S & 0xFFFFFFFF, int(now_s % 1 * 2**32))
        # RFC 5905 s.7.3: leap 0, version 4, mode 4 (server), stratum 2; the client's stamp comes back as origin
        return b"\x24\x02\x06\xec" + bytes(20) + query[40:48] + stamp + stamp
