"""The owner's phone on the scale's own network: it asks for the page and sends its form, as a browser does.

It learns the form's token from the page, and keeps what it was shown for whoever looks for secrets there.
"""

import re

from life.line import Line

_OWN = "192.168.4.1"
_MAC = b"\x02\xff\x00\x00\x00\x01"
_STREAM = 1
_PATIENCE_MS = 12_000
_LOOK_MS = 200
_TOKEN = re.compile(b'name="token" value="([0-9a-f]+)"')


class Visitor:
    """`board` is visited with the access point's `key`, text or None; `shown` is called with each answer's bytes."""

    def __init__(self, board, key, shown):
        self._board = board
        self._key = key.encode() if key else None
        self._shown = shown

    def join(self):
        """Join the access point; returns the address given, or None."""
        return self._board.radio.access_point.admit(_MAC, self._key) if self._board.is_powered else None

    def leave(self):
        """Walk away."""
        self._board.radio.access_point.dismiss(_MAC)

    def ask(self, method, path, body=b""):
        """Ask for a page; a generator of waits that returns the answer's bytes, or None when none came."""
        address = self.join()
        listener = self._board.listeners.get((80, _STREAM))
        if address is None or listener is None:
            return None
        heard = []
        line = Line(None, (address, 50000))
        line.heard = heard.append
        listener._visited(line)
        head = f"{method} {path} HTTP/1.1\r\nHost: {_OWN}\r\nX-Part: 1\r\nContent-Length: {len(body)}\r\n\r\n"
        line.say(head.encode() + body)
        for _ in range(_PATIENCE_MS // _LOOK_MS):
            yield _LOOK_MS
            if line.is_closed:
                break
        else:
            line.break_off()
        answer = b"".join(heard)
        self._shown(answer)
        return answer or None

    def set_up(self, ssid, key):
        """Send the form; a generator of waits that returns whether the page took it."""
        page = yield from self.ask("GET", "/")
        found = _TOKEN.search(page) if page else None
        if not found:
            return False
        fields = b"token=" + found.group(1) + b"&name=" + _quoted(ssid) + b"&key=" + _quoted(key or b"")
        answer = yield from self.ask("POST", "/connect", fields)
        return bool(answer) and answer.startswith(b"HTTP/1.0 200")

    def look_around(self):
        """Read the page once; a generator of waits."""
        yield from self.ask("GET", "/")


def _quoted(data):
    return b"".join([b"%%%02x" % byte for byte in data])
