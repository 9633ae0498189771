"""One connection between the board and somebody of the world: bytes to come, an end, or a break.

It knows neither what the bytes mean nor who is at the other end.
"""

import errno

from life import clock


class Line:
    """`address` is whom the board called. Whoever answers sets `heard`, called with each piece the board sends,

    and `hung_up`, called when the board closes.
    """

    def __init__(self, address, peer=None):
        self.address = address
        self.peer = peer
        self.heard = self.hung_up = None
        self._inbox = bytearray()
        self._has_ended = False
        self._error = None
        self.is_closed = False

    # The world's end.

    def say(self, data):
        """Have the board hear `data`."""
        if not self._has_ended:
            self._inbox.extend(data)
            clock.stir()

    def say_later(self, ms, data):
        """Have the board hear it in `ms`, if it still listens."""
        clock.after(ms, lambda: self.say(data))

    def end(self):
        """No more bytes will come."""
        self._has_ended = True
        clock.stir()

    def break_off(self):
        """The connection is reset."""
        self._error = errno.ECONNRESET
        clock.stir()

    # The board's end.

    def is_readable(self):
        return bool(self._inbox or self._has_ended or self._error)

    def take(self, size):
        """Bytes that have come, at most `size`; none at the end. Raises OSError when it was broken off."""
        if self._inbox:
            data = bytes(self._inbox[:size])
            self._inbox = self._inbox[size:]
            return data
        if self._error:
            raise OSError(self._error)
        return b""

    def from_device(self, data):
        """The board sends `data`; returns how much of it is on its way."""
        if self._error:
            raise OSError(self._error)
        if self.heard:
            self.heard(bytes(data))
        return len(data)

    def device_closed(self):
        self.is_closed = True
        if self.hung_up:
            self.hung_up()
