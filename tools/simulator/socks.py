"""A SOCKS5 proxy that makes a phone's network a browser's: names go to the device's name server, bytes to the device.

Only what a browser needs of RFC 1928: CONNECT, no authentication, on loopback.
"""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import struct
import threading
from types import TracebackType
from typing import Self

from tools.simulator.phone import Phone

_VERSION, _CONNECT, _NO_AUTHENTICATION = 5, 1, 0
_IPV4, _NAME = 1, 3
_OK, _UNREACHABLE, _NOT_SUPPORTED = 0, 4, 7
_LOOK_S = 0.1


class Proxy:
    """Serves on `url` while the context is open."""

    def __init__(self, phone: Phone) -> None:
        self._server = _Server(("127.0.0.1", 0), _Connection)
        self._server.phone = phone
        self.url = f"socks5://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_LOOK_S,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    phone: Phone


class _Connection(socketserver.StreamRequestHandler):
    server: _Server
    rbufsize = 0

    def handle(self) -> None:
        with contextlib.suppress(OSError, struct.error):
            _, methods = self._read(2)
            self._read(methods)
            self.wfile.write(bytes([_VERSION, _NO_AUTHENTICATION]))
            _, command, _, kind = self._read(4)
            host = self._host(kind)
            (port,) = struct.unpack(">H", self._read(2))
            if command != _CONNECT or host is None:
                self._reply(_NOT_SUPPORTED)
                return
            self._carry_to(host, port)

    def _host(self, kind: int) -> str | None:
        if kind == _IPV4:
            return socket.inet_ntoa(self._read(4))
        return self._read(self._read(1)[0]).decode() if kind == _NAME else None

    def _carry_to(self, host: str, port: int) -> None:
        phone = self.server.phone
        try:
            address = host if host.replace(".", "").isdigit() else phone.resolve(host)
            if address is None:
                raise OSError(f"{host} is not known")
            way = phone.connect(address, port)
        except OSError:
            self._reply(_UNREACHABLE)
            return
        with way:
            self._reply(_OK)
            _relay(self.connection, way, phone)

    def _reply(self, code: int) -> None:
        self.wfile.write(struct.pack(">BBBBIH", _VERSION, code, 0, _IPV4, 0, 0))

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.connection.recv(size - len(data))
            if not more:
                raise ConnectionError("the browser went")
            data += more
        return data


def _relay(browser: socket.socket, device: socket.socket, phone: Phone) -> None:
    """Carry bytes both ways until one end closes or the phone loses the network."""
    while True:
        ready, _, _ = select.select([browser, device], [], [], _LOOK_S)
        if not ready:
            phone.address()  # notices a lost network, which breaks the connection off
        for source, target in ((browser, device), (device, browser)):
            if source in ready:
                data = source.recv(16384)
                if not data:
                    return
                target.sendall(data)
