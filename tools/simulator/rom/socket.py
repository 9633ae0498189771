"""`socket` as on the chip: names and routes come from the simulated network, the bytes travel over the desk's loopback."""

import errno
import io
import struct

import usocket as _desk
import wire
from clock import now_ms

AF_INET = _desk.AF_INET
SOCK_STREAM = _desk.SOCK_STREAM
SOCK_DGRAM = _desk.SOCK_DGRAM
SOL_SOCKET = _desk.SOL_SOCKET
SO_REUSEADDR = _desk.SO_REUSEADDR
SO_BROADCAST = _desk.SO_BROADCAST
IPPROTO_TCP = 6
IPPROTO_UDP = 17

_SO_SNDBUF = 7  # of the desk
_SEND_BYTES = 5744  # TCP_SND_BUF of the chip's lwIP
_STREAM_CLOSE = 4
_STREAM_GET_FILENO = 10


def getaddrinfo(host, port, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP, flags=0):
    """Addresses as the chip gives them. Raises OSError(-202) when the name cannot be had; blocks while it tries."""
    import time

    answer = wire.ask("resolve", host=host, now_ms=now_ms())
    time.sleep_ms(answer["ms"])
    if answer["address"] is None:
        raise OSError(-202)
    return [(AF_INET, type or SOCK_STREAM, IPPROTO_TCP, "", (answer["address"], port))]


class socket(io.IOBase):
    """A socket that reaches what the simulated router and the chip's own access point let it reach."""

    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP, *, _accepted=None):
        self._type = type
        self._sock = _accepted or _desk.socket(AF_INET, type)
        self._waits = True
        self._way_in = None
        for name in ("readline", "sendall", "setsockopt", "fileno", "listen"):
            setattr(self, name, getattr(self._sock, name))

    def ioctl(self, request, arg):
        if request == _STREAM_GET_FILENO:
            return self._sock.fileno()
        if request == _STREAM_CLOSE:
            self.close()
        return 0

    def close(self):
        if self._way_in:
            wire.ask("close_port", way=self._way_in)
            self._way_in = None
        self._sock.close()

    def settimeout(self, value):
        self._waits = value != 0
        self._sock.settimeout(value)

    def setblocking(self, value):
        self._waits = value
        self._sock.setblocking(value)

    def bind(self, address):
        host, port = address
        self._way_in = wire.ask("open_port", host=host, port=port, kind=self._type, now_ms=now_ms())
        self._sock.bind(_desk.getaddrinfo(self._way_in[0], self._way_in[1])[0][-1])

    def accept(self):
        peer, address = self._timed(self._sock.accept)
        peer.setsockopt(SOL_SOCKET, _SO_SNDBUF, _SEND_BYTES // 2)  # the desk doubles it
        return socket(_accepted=peer), _simulated(address)

    def connect(self, address):
        self._timed(self._sock.connect, self._way_to(address))

    def sendto(self, bytes, address):
        return self._timed(self._sock.sendto, bytes, self._way_to(address))

    def recv(self, bufsize):
        return self._timed(self._sock.recv, bufsize)

    def recvfrom(self, bufsize):
        data, address = self._timed(self._sock.recvfrom, bufsize)
        return data, _simulated(address)

    def read(self, *size):
        return self._timed(self._sock.read, *size)

    def readinto(self, *buf):
        return self._timed(self._sock.readinto, *buf)

    def send(self, bytes):
        return self._timed(self._sock.send, bytes)

    def write(self, *buf):
        return self._timed(self._sock.write, *buf)

    def _timed(self, operation, *details):
        try:
            return operation(*details)
        except OSError as error:
            # The desk says "try again" where the chip says "timed out".
            if self._waits and error.errno == errno.EAGAIN:
                raise OSError(errno.ETIMEDOUT)
            raise

    def _way_to(self, address):
        host, port = address
        way = wire.ask("route", host=host, port=port, kind=self._type, now_ms=now_ms())
        return _desk.getaddrinfo(way[0], way[1])[0][-1]


def _simulated(address):
    """The chip's (host, port) for the desk's sockaddr_in: 127.168.a.b is how the desk writes 192.168.a.b."""
    port, first, second, third, fourth = struct.unpack("!2xHBBBB", bytes(address[:8]))
    return f"{192 if second == 168 else first}.{second}.{third}.{fourth}", port
