"""Posts JSON through the deployed urequests, made safe: verified TLS, one host, one deadline, a byte budget.

Does not try again and does not read what the reply means. No error it raises shows the URL, which may hold a token.
"""

import json
import socket
import sys

from bounded import BoundedSocket, Deadline
from exchange import Exchange
from micropython import const

# A handshake with long certificates takes 8 kB; the reply itself has bounds of its own.
_BUDGET_BYTES = const(32768)


class ClientError(OSError):
    """The urequests on the path is not the deployed one, which alone is known to verify."""


class Reply:
    """What came back: `status`, `retry_after` in text or None, and `body` in bytes, read only for a 2xx."""

    def __init__(self, status, body, retry_after):
        self.status = status
        self.body = body
        self.retry_after = retry_after


class _Network:
    """Stands in for the `usocket` of urequests and gives it a single connection.

    For urequests builds sockets without end; this one says no to a second.
    """

    SOCK_STREAM = socket.SOCK_STREAM

    def __init__(self, deadline_ms):
        self._deadline = Deadline(deadline_ms)
        self.exchange = None

    def getaddrinfo(self, *query):
        try:
            found = socket.getaddrinfo(*query)
        except OSError:  # with another number on each port
            raise OSError("host name not found") from None
        self._deadline.left_s()  # a look-up cannot be cut short, but nothing may follow one that was too long
        return found

    def socket(self, *kind):
        if self.exchange:
            raise OSError("a second connection is refused")
        self.exchange = Exchange(BoundedSocket(socket.socket(*kind), self._deadline, _BUDGET_BYTES))
        return self.exchange

    def close(self):
        if self.exchange:
            self.exchange.close()


def post_json(url, obj, deadline_ms=10_000, allow_plain_http=False, client_home="/lib/"):
    """Post `obj` as JSON to `url` and return the `Reply`, after `deadline_ms` at most (plus a slow name look-up).

    `client_home` is where the deployed urequests must stand. Raises OSError when the world failed
    (ussl.TlsError over a certificate, ClientError over the wrong urequests), ValueError over bad bytes.
    """
    headers = {"Host": _authority(url, allow_plain_http), "Content-Type": "application/json"}
    client = _client(client_home)
    network = _Network(deadline_ms)
    client.usocket = network
    try:
        response = client.post(url, data=json.dumps(obj).encode(), headers=headers)
        # An error is told by its status alone: a fault in its page must not hide it.
        body = response.content if response.status_code // 100 == 2 else b""
    finally:
        client.usocket = None
        network.close()
    return Reply(response.status_code, body, network.exchange.head.retry_after)


def _authority(url, allow_plain_http):
    scheme, _, rest = url.partition("://")
    if scheme != "https" and not (scheme == "http" and allow_plain_http):
        raise ValueError("only https is allowed")
    if not all("!" <= character <= "~" for character in url):
        raise ValueError("URL has a character that does not belong in one")
    return rest.split("/", 1)[0]


def _client(home):
    try:
        import urequests
    except ImportError:
        raise ClientError("urequests is not in /lib") from None
    if hasattr(urequests, "usocket") and urequests.__file__.startswith(home):
        return urequests
    # Forgotten, so that the next call looks again once the path is mended.
    del sys.modules["urequests"]
    raise ClientError("frozen urequests found first: /lib must come before .frozen in sys.path")
