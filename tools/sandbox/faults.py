"""The ways in which the platform can misbehave, and the queue that says when.

A fault only describes; `front` acts it out.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Self

ACCEPT, HANDSHAKE, HEADERS, BODY = "accept", "handshake", "headers", "body"
PHASES = (ACCEPT, HANDSHAKE, HEADERS, BODY)
_HTML = b"<!doctype html><title>Hotel Wi-Fi</title><p>Please log in.</p>"
_BIG_BYTES = 10_000_000


@dataclass(frozen=True)
class Fault:
    """One misbehaviour. Build it with the class methods; `name` is what the record of calls shows."""

    name: str
    certificate_kind: str = "good"
    reply: bytes | None = None
    stall_phase: str = ""
    stall_s: float = 0.0
    reset_phase: str = ""
    drip_s: float = 0.0
    endless: bytes = b""
    endless_bytes: int = 0

    @classmethod
    def status(cls, status: int, retry_after: str | None = None, body: bytes | None = None) -> Self:
        """Answer every call with this status, the platform's error body, and perhaps a Retry-After."""
        text = b'{"status":"error","code":%d,"message":"sandbox fault"}' % status
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return cls(f"status {status}", reply=_response(status, text if body is None else body, headers))

    @classmethod
    def json(cls, body: bytes, status: int = 200) -> Self:
        """Answer with this body."""
        return cls("json", reply=_response(status, body))

    @classmethod
    def raw(cls, reply: bytes) -> Self:
        """Answer with these very bytes."""
        return cls("raw", reply=reply)

    @classmethod
    def stall(cls, phase: str, seconds: float = 30.0) -> Self:
        """Say nothing for a while at `phase`: accept, handshake, headers or body."""
        return cls(f"stall at {phase}", stall_phase=phase, stall_s=seconds)

    @classmethod
    def reset(cls, phase: str) -> Self:
        """Break the connection off with RST at `phase`."""
        return cls(f"reset at {phase}", reset_phase=phase)

    @classmethod
    def half_body(cls) -> Self:
        """Promise more bytes than come."""
        return cls("half body", reply=b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"status":"success","mess')

    @classmethod
    def endless_headers(cls) -> Self:
        """Headers without end."""
        return cls(
            "endless headers", reply=b"HTTP/1.1 200 OK\r\n", endless=b"X-More: and more\r\n", endless_bytes=_BIG_BYTES
        )

    @classmethod
    def big_body(cls, size: int = _BIG_BYTES) -> Self:
        """A body of 10 MB."""
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size
        return cls("big body", reply=head, endless=b"x" * 65536, endless_bytes=size)

    @classmethod
    def drip(cls, seconds: float = 0.2) -> Self:
        """A right answer, a byte at a time with this pause between."""
        body = b'{"status":"success","message":"waiting for app"}'
        return cls("drip", reply=_response(200, body), drip_s=seconds)

    @classmethod
    def redirect(cls, url: str, status: int = 302) -> Self:
        """Send the caller elsewhere."""
        return cls("redirect", reply=_response(status, b"", {"Location": url}))

    @classmethod
    def chunked(cls) -> Self:
        """A right answer in chunks, which HTTP/1.0 did not ask for."""
        body = b'{"status":"success","message":"waiting for app"}'
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        return cls("chunked", reply=head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

    @classmethod
    def html(cls) -> Self:
        """A hotel's log-in page."""
        return cls("html", reply=_response(200, _HTML, {"Content-Type": "text/html"}))

    @classmethod
    def empty(cls) -> Self:
        """Close without a byte."""
        return cls("empty", reply=b"")

    @classmethod
    def certificate(cls, kind: str) -> Self:
        """Show a certificate of this kind (`certificates.KINDS`)."""
        return cls(f"certificate {kind}", certificate_kind=kind)


def _response(status: int, body: bytes, headers: dict[str, str] | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status} Sandbox", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in {"Content-Type": "application/json", **(headers or {})}.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Faults:
    """Which fault the next connection meets: those pushed come first, then the one set until cleared."""

    _queue: list[tuple[Fault, str]] = field(default_factory=list)
    _standing: tuple[Fault, str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def push(self, fault: Fault, calls: int = 1, side: str = "any") -> None:
        """Let the next `calls` connections meet `fault`; `side` may be device or app for faults of an answer."""
        with self._lock:
            self._queue += [(fault, side)] * calls

    def set(self, fault: Fault, side: str = "any") -> None:
        """Let every connection meet `fault` until cleared."""
        with self._lock:
            self._standing = (fault, side)

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._queue.clear()
            self._standing = None

    def next_of_connection(self) -> Fault | None:
        """The fault for a new connection, whoever it is; one meant for a side waits until the side is known."""
        return self._next("any")

    def next_of_side(self, side: str) -> Fault | None:
        """The fault for a call of this side."""
        return self._next(side)

    def _next(self, side: str) -> Fault | None:
        with self._lock:
            if self._queue and self._queue[0][1] == side:
                return self._queue.pop(0)[0]
            if not self._queue and self._standing is not None and self._standing[1] == side:
                return self._standing[0]
            return None
