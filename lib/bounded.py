"""A socket that cannot go on for ever: one deadline for all it does, and a budget for all it carries.

Does not know what the bytes mean; TLS is put on top of it, so the handshake is bounded too.
"""

import errno
import io
import time

from micropython import const

_STREAM_CLOSE = const(4)  # py/stream.h, MP_STREAM_CLOSE

# TLS asks for a whole record, up to 16 kB: too much to take from a small heap at once.
_MAX_READ_BYTES = const(512)

# What a port says when the time-out of its socket has passed: lwIP's says EAGAIN for one under 100 ms.
_TIME_OUTS = (errno.ETIMEDOUT, errno.EAGAIN, errno.EINPROGRESS)


class Deadline:
    """The moment `limit_ms` from now, at most 2**29 ms, on the clock that never jumps."""

    def __init__(self, limit_ms):
        self._end_ticks = time.ticks_add(time.ticks_ms(), limit_ms)

    def left_s(self):
        """Return the seconds that are left, more than 0. Raises OSError(ETIMEDOUT) when none is."""
        left_ms = time.ticks_diff(self._end_ticks, time.ticks_ms())
        if left_ms <= 0:
            raise OSError(errno.ETIMEDOUT)
        return left_ms / 1000


class BoundedSocket:
    """`sock`, a new stream socket, until `deadline` and for `budget_bytes` in both directions together.

    Everything raises OSError, ETIMEDOUT once the deadline has passed, and ValueError over the budget.
    """

    def __init__(self, sock, deadline, budget_bytes):
        self._sock = sock
        self._deadline = deadline
        self._left_bytes = budget_bytes

    def connect(self, address):
        """Connect to `address`, an element of what getaddrinfo found."""
        self._timed(self._sock.connect, address)

    def read(self, size):
        """Return 1 to `size` bytes, as many as have come; none when the other side has closed."""
        data = self._timed(self._sock.recv, min(size, _MAX_READ_BYTES))
        self._spend(len(data))
        return data

    def write(self, data):
        """Send some of `data`, bytes, and return how many of them."""
        sent = self._timed(self._sock.send, data)
        self._spend(sent)
        return sent

    def close(self):
        """Close the socket; as often as one likes."""
        self._sock.close()

    def _timed(self, operation, argument):
        self._sock.settimeout(self._deadline.left_s())
        try:
            return operation(argument)
        except OSError as error:
            if error.errno in _TIME_OUTS:
                raise OSError(errno.ETIMEDOUT) from None
            raise

    def _spend(self, count):
        self._left_bytes -= count
        if self._left_bytes < 0:
            raise ValueError("more bytes than a call may take")


class Stream(io.IOBase):
    """A `BoundedSocket` in the shape `SSLContext.wrap_socket` takes: errors are returned as negative numbers.

    `failure` keeps the first error itself, for TLS passes on no more than its number.
    """

    def __init__(self, sock):
        self._sock = sock
        self.failure = None

    def readinto(self, buffer):
        """Fill some of `buffer` and return how much, 0 at the end."""
        data = self._attempt(self._sock.read, len(buffer))
        if isinstance(data, int):
            return data
        buffer[: len(data)] = data
        return len(data)

    def write(self, data):
        """Send some of `data` and return how much."""
        return self._attempt(self._sock.write, data)

    def ioctl(self, request, _argument):
        """Agree to be closed; the socket is closed by whoever opened it."""
        return 0 if request == _STREAM_CLOSE else -errno.EINVAL

    def _attempt(self, operation, argument):
        try:
            return operation(argument)
        except (OSError, ValueError) as error:
            self.failure = self.failure or error
            return -(error.errno if isinstance(error, OSError) else errno.EIO)
