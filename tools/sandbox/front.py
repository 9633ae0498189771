"""The platform's front door: takes connections, speaks TLS, acts out faults, and passes good requests on.

One thread and one request a connection. It counts what arrives inside TLS, so that a test can say "no byte of HTTP".
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading

from tools.sandbox.calls import Call, Record, masked
from tools.sandbox.certificates import Authority
from tools.sandbox.faults import ACCEPT, BODY, HANDSHAKE, HEADERS, Fault, Faults
from tools.sandbox.store import Clock

_MAX_REQUEST_BYTES = 64 * 1024
_PATIENCE_S = 30.0
_BACKLOG = 1024
_GOOD = Fault("")


class Front:
    """Listens until closed; `backend` is the (host, port) of the application behind."""

    def __init__(
        self, authority: Authority, faults: Faults, record: Record, clock: Clock, backend: tuple[str, int]
    ) -> None:
        self._authority = authority
        self._faults = faults
        self._record = record
        self._clock = clock
        self._backend = backend
        self._ending = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.socket()

    def listen(self, bind: str, port: int) -> int:
        """Begin to listen; returns the port. Raises OSError when it is taken."""
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._listener.bind((bind, port))
        except OSError:
            self._listener.close()
            raise
        self._listener.listen(_BACKLOG)
        threading.Thread(target=self._accept, daemon=True).start()
        found: int = self._listener.getsockname()[1]
        return found

    def close(self) -> None:
        """Stop listening and break off what goes on."""
        self._ending.set()
        with self._lock:
            for sock in [self._listener, *self._open]:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        call = Call(at_s=self._clock.now_s())
        sock.settimeout(_PATIENCE_S)
        with self._lock:
            self._open.add(sock)
        try:
            self._connection(sock, call)
        except (OSError, EOFError) as error:
            call.tls = call.tls or getattr(error, "reason", None) or type(error).__name__
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()
            if not call.status and not self._ending.is_set():
                self._record.add(call)  # one that was answered is recorded before its answer is sent

    def _connection(self, sock: socket.socket, call: Call) -> None:
        fault = self._faults.next_of_connection() or _GOOD
        call.fault = fault.name
        self._phase(ACCEPT, fault, sock)
        self._phase(HANDSHAKE, fault, sock)
        secured = self._authority.context(fault.certificate_kind).wrap_socket(sock, server_side=True)
        with self._lock:
            self._open.add(secured)
        try:
            call.tls = "ok"
            self._answer(secured, fault, call)
        finally:
            with self._lock:
                self._open.discard(secured)
            with contextlib.suppress(OSError):
                secured.shutdown(socket.SHUT_WR)
            secured.close()

    def _answer(self, secured: ssl.SSLSocket, fault: Fault, call: Call) -> None:
        request = _read_request(secured, call)
        if fault is _GOOD:
            fault = self._faults.next_of_side("device" if call.by_device else "app") or _GOOD
            call.fault = fault.name
        reply = self._reply(request) if fault.reply is None else fault.reply
        _note_reply(call, reply)
        if call.status:
            self._record.add(call)
        self._phase(HEADERS, fault, secured)
        self._send(reply, fault, secured)

    def _reply(self, request: bytes) -> bytes:
        with socket.create_connection(self._backend, _PATIENCE_S) as backend:
            backend.sendall(_closing(request))
            with backend.makefile("rb") as stream:
                return stream.read()

    def _phase(self, phase: str, fault: Fault, sock: socket.socket) -> None:
        if fault.reset_phase == phase:
            _reset(sock)
        if fault.stall_phase == phase:
            self._ending.wait(fault.stall_s)

    def _send(self, reply: bytes, fault: Fault, secured: ssl.SSLSocket) -> None:
        if fault.drip_s:
            for byte in reply:
                secured.sendall(bytes([byte]))
                self._ending.wait(fault.drip_s)
            return
        if BODY in (fault.stall_phase, fault.reset_phase):
            secured.sendall(reply[: -len(reply.partition(b"\r\n\r\n")[2]) // 2])
            self._phase(BODY, fault, secured)
            return
        secured.sendall(reply)
        for _ in range(fault.endless_bytes // max(1, len(fault.endless))):
            secured.sendall(fault.endless)


def _read_request(secured: ssl.SSLSocket, call: Call) -> bytes:
    """One whole request; what it asks for is noted in `call` with every secret taken out."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += _some(secured, call)
    head, _, body = request.partition(b"\r\n\r\n")
    method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    call.method, call.route = method[:16], masked(rest.partition(" ")[0])
    length = _content_length(head)
    while len(body) < length:
        body += _some(secured, call)
    if call.route.endswith("/link-id"):
        with contextlib.suppress(ValueError, AttributeError):
            call.link_id = str(json.loads(body).get("linkId", ""))[:64]
    return head + b"\r\n\r\n" + body


def _some(secured: ssl.SSLSocket, call: Call) -> bytes:
    data = secured.recv(4096)
    call.http_bytes += len(data)
    if not data:
        raise EOFError
    if call.http_bytes > _MAX_REQUEST_BYTES:
        raise ConnectionAbortedError
    return data


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return min(int(value), _MAX_REQUEST_BYTES)
    return 0


def _closing(request: bytes) -> bytes:
    """The request with `Connection: close`, so that the reply ends with the connection."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body


def _note_reply(call: Call, reply: bytes) -> None:
    head, _, body = reply.partition(b"\r\n\r\n")
    words = head.split(None, 2)
    call.status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
    with contextlib.suppress(ValueError, AttributeError):
        call.message = str(json.loads(body).get("message", ""))[:100]


def _reset(sock: socket.socket) -> None:
    """Break off with RST: SO_LINGER of no time."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(sock)
    raise ConnectionResetError
