"""Reads one HTTP request from a stream and bounds it: 2 kB of head, 1 kB a line, 2 kB of body; what is no request is refused.

Does not answer it and keeps no time; whoever calls sets a deadline. RFC 9112 names the grammar.
"""

MAX_HEAD_BYTES = 2048
MAX_LINE_BYTES = 1024
MAX_BODY_BYTES = 2048
_CHUNK_BYTES = 512
_METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT")
_NEEDED = ("host", "content-length", "transfer-encoding")
_NAME = b"abcdefghijklmnopqrstuvwxyz0123456789-_."


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


async def read(stream, kept=()):
    """Return the `Request` that comes from `stream`, which has an awaitable `read(n)`.

    Of its headers it has those that frame it, and those that `kept` names in lower case.

    Raises Refused, and OSError when the connection breaks.
    """
    request, rest = await _head(stream, kept)
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


async def _head(stream, kept):
    """Return the request without its body, and the bytes of that which came along. Only a line is held at a time."""
    request, rest, used = None, b"", 0
    while True:
        end = rest.find(b"\r\n")
        length = len(rest) if end < 0 else end
        if length > MAX_LINE_BYTES or used + length > MAX_HEAD_BYTES:
            raise Refused(431)
        if end < 0:
            more = await stream.read(_CHUNK_BYTES)
            if not more:
                raise Refused(None)
            rest += more
            continue
        line, rest = rest[:end], rest[end + 2 :]
        used += end + 2
        if request is None:
            request = _request(line)
        elif line:
            _take(request.headers, line, kept)
        else:
            return request, rest


def _request(line):
    parts = line.split(b" ")
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1.") or not _is_target(parts[1]):
        raise Refused(400)
    if parts[0] not in _METHODS:
        raise Refused(501)
    return Request(parts[0].decode(), parts[1].decode(), {})


def _take(headers, line, kept):
    """Keep the header in `line` if it is one that anybody wants: a client sends many, and memory is short."""
    colon = line.find(b":")
    name = line[:colon].lower()
    if colon < 1 or not _is_name(name):
        raise Refused(400)
    name = name.decode()
    if name not in _NEEDED and name not in kept:
        return
    # A second one could say something else than the first, to somebody else.
    if name in _NEEDED and name in headers:
        raise Refused(400)
    value = line[colon + 1 :].strip()
    if any(byte > 0x7E for byte in value):
        raise Refused(400)
    headers[name] = value.decode()


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
    return text[:1] in (b"/", b"h", b"H", b"*") and all(0x21 <= byte <= 0x7E for byte in text)


def _is_name(text):
    return all(byte in _NAME for byte in text)
