"""One HTTP exchange in the shape of the socket urequests talks to: a request goes out, a bounded reply comes in.

Does not find hosts and does not verify certificates; `https.py` puts the parts together.
"""

import errno

from bounded import Stream
from micropython import const
from reply_head import ReplyHead

_MAX_HEAD_BYTES = const(2048)
_MAX_BODY_BYTES = const(1024)


class Exchange:
    """A call over `sock`, a `bounded.BoundedSocket`. `head` is the reply's `ReplyHead` once it is there.

    Every method raises OSError when the world fails and ValueError when the bytes are not to be had.
    """

    def __init__(self, sock):
        self.head = None
        self._sock = sock
        self._stream = sock
        self._secured = None
        self._request = bytearray()
        self._left_bytes = _MAX_HEAD_BYTES

    def connect(self, address):
        """Connect to `address`, an element of what getaddrinfo found."""
        self._sock.connect(address)

    def start_tls(self, wrap):
        """Speak over the stream that `wrap` makes of the one below."""
        self._secured = Stream(self._sock)
        self._stream = self._attempt(wrap, self._secured)

    def write(self, data):
        """Take a piece of the request. It leaves as a whole, in one TLS record, when the reply is asked for."""
        self._request.extend(data)

    def readline(self):
        """Return the reply's status line, and then the blank line that ends a head.

        The headers in between stay here: urequests would follow a `Location` to any host, the token with it.
        """
        if self.head:
            return b"\r\n"
        self._send()
        status_line = self._line()
        if not status_line:
            raise OSError(errno.ECONNRESET)
        self.head = ReplyHead(status_line)
        line = self._line()
        while line != b"\r\n":
            self.head.add(line)
            line = self._line()
        return status_line

    def read(self):
        """Return the body: as long as its header says, else up to the end of the stream."""
        length = self.head.length
        if self.head.chunked:
            raise ValueError("reply is chunked, which HTTP/1.0 does not know")
        if length is not None and length > _MAX_BODY_BYTES:
            raise ValueError("reply body is too long")
        body = self._up_to(_MAX_BODY_BYTES + 1 if length is None else length)
        if len(body) > _MAX_BODY_BYTES:
            raise ValueError("reply body is too long")
        if length is not None and len(body) < length:
            raise ValueError("reply body is cut short")
        return body

    def close(self):
        """Close the socket below; as often as one likes."""
        self._sock.close()

    def _send(self):
        rest = memoryview(self._request)
        while len(rest):
            rest = rest[self._attempt(self._stream.write, rest) :]

    def _line(self):
        """Return the head's next line with its end; none at all when the stream ends before the first byte."""
        line = bytearray()
        while not line or line[-1] != 0x0A:
            byte = self._attempt(self._stream.read, 1)
            self._left_bytes -= 1
            if self._left_bytes < 0:
                raise ValueError("reply head is too long")
            if not byte:
                if self.head or line:
                    raise ValueError("reply head is cut short")
                break
            line.extend(byte)
        return bytes(line)

    def _up_to(self, size):
        body = bytearray()
        while len(body) < size:
            data = self._attempt(self._stream.read, size - len(body))
            if not data:
                break
            body.extend(data)
        return bytes(body)

    def _attempt(self, operation, argument):
        try:
            return operation(argument)
        except OSError:
            if self._secured and self._secured.failure:
                raise self._secured.failure from None
            raise
