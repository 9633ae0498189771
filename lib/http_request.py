"""Reads one HTTP request from a stream and bounds it: 2 kB of head, 2 kB of body, what is no request is refused.

Does not answer it and keeps no time; whoever calls sets a deadline. RFC 9112 names the grammar.
"""

MAX_HEAD_BYTES = 2048
MAX_BODY_BYTES = 2048
_CHUNK_BYTES = 512
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT")


class Refused(ValueError):
    """What came is not a request to be served; `status` is the HTTP status to answer with, None for no answer."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Request:
    """`method`, `target` (path and query) and the `headers`' values are text, the header names lower case; `body` bytes."""

    def __init__(self, method, target, headers):
        self.method = method
        self.target = target
        self.headers = headers
        self.body = b""


async def read(stream):
    """Return the `Request` that comes from `stream`, which has an awaitable `read(n)`.

    Raises Refused, and OSError when the connection breaks.
    """
    head, rest = await _head(stream)
    request = _parsed(head)
    length = _length(request.headers)
    if len(rest) > length:
        raise Refused(400)  # nobody is answered twice on one connection
    while len(rest) < length:
        more = await stream.read(min(_CHUNK_BYTES, length - len(rest)))
        if not more:
            raise Refused(None)
        rest += more
    request.body = rest
    return request


async def _head(stream):
    """Return the bytes before the empty line, and those after it that came along."""
    data = b""
    while True:
        more = await stream.read(_CHUNK_BYTES)
        if not more:
            raise Refused(None)
        data += more
        end = data.find(b"\r\n\r\n")
        if end > MAX_HEAD_BYTES or (end < 0 and len(data) > MAX_HEAD_BYTES):
            raise Refused(431)
        if end >= 0:
            return data[:end], data[end + 4 :]


def _parsed(head):
    try:
        lines = head.decode().split("\r\n")
    except UnicodeError:
        raise Refused(400) from None
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1.") or not _is_target(parts[1]):
        raise Refused(400)
    if parts[0] not in _METHODS:
        raise Refused(501)
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        name = name.lower()
        # A second one could say something else than the first, to somebody else.
        if not colon or not _is_name(name) or (name in headers and name in ("host", "content-length")):
            raise Refused(400)
        headers[name] = value.strip()
    return Request(parts[0], parts[1], headers)


def _length(headers):
    if "transfer-encoding" in headers:
        raise Refused(411)
    text = headers.get("content-length", "0")
    if not 1 <= len(text) <= 8 or not all("0" <= digit <= "9" for digit in text):
        raise Refused(400)
    if int(text) > MAX_BODY_BYTES:
        raise Refused(413)
    return int(text)


def _is_target(text):
    return text[:1] in ("/", "h", "H", "*") and all("!" <= character <= "~" for character in text)


def _is_name(text):
    return bool(text) and all(character.isalpha() or character.isdigit() or character in "-_." for character in text)
