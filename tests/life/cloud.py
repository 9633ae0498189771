"""The platform's front: a certificate, one request, one reply - or one of the ways in which that goes wrong.

What a link call means is decided in `platform`; when something goes wrong, by the script.
"""

import json

from life import clock
from life.rom.tls import CERTIFICATE_BYTES

HOST = "api.thethings.io"
ISSUER = "Amazon Root CA 1"
_HANDSHAKE_MS, _REPLY_MS = 300, 150
_YEAR_S = 31_536_000

# The faults of an answer: name -> (status line and headers, body). They answer instead of the platform.
REPLIES = {
    "html": ("200 OK\r\nContent-Type: text/html", b"<!doctype html><title>Hotel Wi-Fi</title>"),
    "half body": ("200 OK\r\nContent-Length: 90", b'{"status":"success","mess'),
    "big body": ("200 OK", b"x" * 40000),
    "huge head": ("200 OK\r\n" + "X-More: and more\r\n" * 400, b""),
    "redirect": ("302 Found\r\nLocation: https://elsewhere.example/v2", b""),
    "chunked": ("200 OK\r\nTransfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n"),
    "wrong JSON": ("200 OK", b'{"status":"success","message":"linked","thingId":7}'),
    "not text": ("200 OK", b"\xff\xfe\x00\x80" * 9),
    "deep JSON": ("200 OK", b"[" * 500),
    "empty": (None, b""),
}
CERTIFICATES = ("issuer", "host", "expired", "future")
SILENCES = ("stall at accept", "stall at handshake", "stall at reply", "reset at handshake", "reset at reply", "drip")


class Cloud:
    """`platform` holds the rules, `true_s` tells the true date. `fault` is None, or what goes wrong with each call:

    a name above, a status, or (status, Retry-After).
    """

    def __init__(self, platform, true_s):
        self.platform = platform
        self.fault = None
        self.heard = lambda: None  # called for each request that came through
        self.said_linked = lambda: None  # called for each that is answered with "linked"
        self._true_s = true_s

    def open(self, line):
        """The board has connected; returns (ms it took, errno or 0)."""
        state = [False, b""]  # whether the handshake is through, the request so far

        def heard(data):
            if self.fault == "stall at accept":
                return
            if not state[0]:
                state[0] = True
                self._shake_hands(line)
                return
            state[1] += data
            if _is_whole(state[1]):
                self._answer(line, state[1])

        line.heard = heard
        return 40, 0

    def _shake_hands(self, line):
        if self.fault == "stall at handshake":
            return
        if self.fault == "reset at handshake":
            clock.after(_HANDSHAKE_MS, line.break_off)
            return
        now_s = self._true_s()
        from_s, until_s = now_s - _YEAR_S // 4, now_s + _YEAR_S // 4
        if self.fault == "expired":
            until_s = now_s - 86400
        if self.fault == "future":
            from_s = now_s + 86400
        issuer = "Nobody Root" if self.fault == "issuer" else ISSUER
        host = "elsewhere.example" if self.fault == "host" else HOST
        text = f"{issuer}|{host}|{from_s}|{until_s}|"
        line.say_later(_HANDSHAKE_MS, (text + " " * (CERTIFICATE_BYTES - len(text))).encode())

    def _answer(self, line, request):
        self.heard()
        if self.fault == "stall at reply":
            return
        if self.fault == "reset at reply":
            clock.after(_REPLY_MS, line.break_off)
            return
        reply = self._reply(request)
        if self.fault == "drip":
            clock.play(_dripped(line, reply))
            return
        line.say_later(_REPLY_MS, reply)
        clock.after(_REPLY_MS, line.end)

    def _reply(self, request):
        fault = self.fault
        if fault in REPLIES:
            head, body = REPLIES[fault]
            return b"" if head is None else f"HTTP/1.1 {head}\r\n\r\n".encode() + body
        if isinstance(fault, (int, tuple)):
            status, retry_after = fault if isinstance(fault, tuple) else (fault, None)
            more = "" if retry_after is None else f"\r\nRetry-After: {retry_after}"
            return _response(f"{status} No{more}", {"status": "error", "code": status, "message": "no"})
        return self._by_the_rules(request)

    def _by_the_rules(self, request):
        head, _, body = request.partition(b"\r\n\r\n")
        parts = head.split(b"\r\n")[0].decode().split(" ")
        path = parts[1].strip("/").split("/")
        link_id = json.loads(body).get("linkId")
        if parts[0] != "POST" or len(path) != 4 or path[:2] != ["v2", "things"] or path[2] not in self.platform.things:
            return _response("404 Not Found", {"status": "error", "code": 404, "message": "Thing not found"})
        thing_id = self.platform.device_calls(path[2], link_id, clock.now_ms())
        if thing_id is None:
            return _response("200 OK", {"status": "success", "message": "waiting for app"})
        self.said_linked()
        return _response("200 OK", {"status": "success", "message": "linked", "thingId": thing_id})


def _is_whole(request):
    head, end, body = request.partition(b"\r\n\r\n")
    if not end:
        return False
    for row in head.split(b"\r\n"):
        if row.lower().startswith(b"content-length:"):
            return len(body) >= int(row.split(b":")[1])
    return True


def _response(head, answer):
    body = json.dumps(answer).encode()
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n".encode() + body


def _dripped(line, reply):
    for place in range(len(reply)):
        line.say(reply[place : place + 1])
        yield 200
    line.end()
