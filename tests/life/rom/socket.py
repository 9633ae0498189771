"""`socket` as on the chip, in one process: a line to somebody of the world instead of a network.

A blocking call lets virtual time pass until the line has something to say, or the time-out is over.
"""

import errno
import io

from life import clock, wire
from life.line import Line

AF_INET = 2
SOCK_STREAM = 1
SOCK_DGRAM = 2
SOL_SOCKET = 0xFFF
SO_REUSEADDR = 4
SO_BROADCAST = 0x20
IPPROTO_TCP = 6
IPPROTO_UDP = 17

_IN_USE = 112  # EADDRINUSE of the chip's lwIP
_NO_SUCH_ADDRESS = 118  # its EADDRNOTAVAIL is EHOSTUNREACH by another name
_NOT_FOUND = -202
_POLL, _CLOSE, _READABLE, _WRITABLE = 3, 4, 1, 4  # of py/stream.h
_MAX_SOCKETS = 10
_ANY = "0.0.0.0"


def getaddrinfo(host, port, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP, flags=0):
    """Addresses as the chip gives them. Raises OSError(-202) when the name cannot be had; blocks while it tries."""
    wire.touch()
    address = host
    if not host.replace(".", "").isdigit():
        address, ms = wire.board.internet.resolve(host) if wire.board.is_online() else (None, 0)
        clock.skip(ms)
        if address is None:
            raise OSError(_NOT_FOUND)
    return [(AF_INET, type or SOCK_STREAM, IPPROTO_TCP, "", (address, port))]


class socket(io.IOBase):
    """A socket that reaches what the router and the board's own access point let it reach."""

    def __init__(self, af=AF_INET, type=SOCK_STREAM, proto=IPPROTO_TCP, *, _accepted=None):
        wire.touch()
        self._type = type
        self._line = _accepted
        self._port = None
        self._visits = []
        self._timeout_ms = None  # None waits for ever
        self._datagrams = []
        self._is_open = True

    def ioctl(self, request, arg):
        if request == _POLL:
            ready = bool(self._visits or self._datagrams or (self._line is not None and self._line.is_readable()))
            return arg & (_READABLE * ready | _WRITABLE * (self._line is not None))
        if request == _CLOSE:
            self.close()
        return 0

    def close(self):
        if self._port is not None and wire.board.listeners.get(self._port) is self:
            del wire.board.listeners[self._port]
        for line in self._visits:
            line.break_off()
        if self._line is not None and self._is_open:
            self._line.device_closed()
        self._is_open, self._visits = False, []

    def setsockopt(self, level, optname, value):
        pass

    def settimeout(self, value):
        self._timeout_ms = None if value is None else int(value * 1000)

    def setblocking(self, value):
        self._timeout_ms = None if value else 0

    def bind(self, address):
        wire.touch()
        host, port = address
        own = wire.board.radio.addresses(clock.now_ms())
        if host != _ANY and host not in own:
            raise OSError(_NO_SUCH_ADDRESS)
        if (port, self._type) in wire.board.listeners:
            raise OSError(_IN_USE)
        self._port = (port, self._type)
        wire.board.listeners[self._port] = self

    def listen(self, backlog=2):
        wire.touch()

    def accept(self):
        wire.touch()
        self._wait(lambda: self._visits)
        line = self._visits.pop(0)
        return socket(_accepted=line), line.peer

    def connect(self, address):
        wire.touch()
        line = Line(address)
        ms, number = wire.board.internet.open(line) if wire.board.is_online() else (0, errno.EHOSTUNREACH)
        if self._timeout_ms is not None and ms > self._timeout_ms:
            ms, number = self._timeout_ms, errno.ETIMEDOUT
        clock.skip(ms)
        if number:
            raise OSError(number)
        self._line = line

    def sendto(self, bytes, address):
        wire.touch()
        if address[0].startswith("192.168.4."):
            wire.board.internet.to_visitor(bytes, address)
        elif not wire.board.is_online():
            raise OSError(errno.EHOSTUNREACH)
        else:
            self._line = self._line or Line(address)
            wire.board.internet.datagram(bytes, self._line)
        return len(bytes)

    def recv(self, bufsize):
        wire.touch()
        if self._line is None:
            self._line = Line(None)
        self._wait(self._line.is_readable)
        return self._line.take(bufsize)

    def recvfrom(self, bufsize):
        wire.touch()
        self._wait(lambda: self._datagrams)
        return self._datagrams.pop(0)

    def read(self, size=-1):
        wire.touch()
        if self._timeout_ms == 0 and not self._line.is_readable():
            return None
        return self.recv(4096 if size < 0 else size)

    def readinto(self, buf):
        data = self.read(len(buf))
        if data is None:
            return None
        buf[: len(data)] = data
        return len(data)

    def send(self, bytes):
        wire.touch()
        if self._line is None:
            raise OSError(errno.ENOTCONN)
        return self._line.from_device(bytes)

    def write(self, buf):
        return self.send(buf)

    sendall = write

    def _wait(self, is_ready):
        end_ms = clock.FOREVER if self._timeout_ms is None else clock.now_ms() + self._timeout_ms
        while not is_ready():
            if self._timeout_ms == 0:
                raise OSError(errno.EAGAIN)
            left_ms = end_ms - clock.now_ms()
            if left_ms <= 0:
                raise OSError(errno.ETIMEDOUT)
            clock.stirred = False
            clock.wait(left_ms)
        clock.stir()

    # What the world does.

    def _visited(self, line):
        """Somebody on the access point opens a connection."""
        self._visits.append(line)
        clock.stir()

    def _arrived(self, data, peer):
        """Somebody on the access point sends a packet."""
        self._datagrams.append((data, peer))
        clock.stir()
