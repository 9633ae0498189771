"""The platform's front door: takes connections, speaks TLS, acts out faults, and passes good requests on.

One request a connection. It counts what arrives inside TLS, so that a test can say "no byte of HTTP".
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct

from tools.sandbox.calls import Call, Record, masked
from tools.sandbox.certificates import Authority
from tools.sandbox.faults import ACCEPT, BODY, HANDSHAKE, HEADERS, Fault, Faults
from tools.sandbox.store import Clock

_MAX_REQUEST_BYTES = 64 * 1024
_PATIENCE_S = 30.0
_GOOD = Fault("")
_TOO_LARGE = b'{"status":"error","code":400,"message":"Invalid request"}'


class Front:
    """Listens until closed; `backend` is the (host, port) of the application behind."""

    def __init__(self, authority: Authority, faults: Faults, record: Record, clock: Clock, backend: tuple[str, int]) -> None:
        self._authority = authority
        self._faults = faults
        self._record = record
        self._clock = clock
        self._backend = backend
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, bind: str, port: int) -> int:
        """Begin to listen; returns the port."""
        self._server = await asyncio.start_server(self._serve, bind, port, backlog=512)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def close(self) -> None:
        """Stop listening and break off what goes on."""
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        call = Call(at_s=self._clock.now_s())
        try:
            async with asyncio.timeout(_PATIENCE_S * 2):
                await self._connection(reader, writer, call)
        except (OSError, EOFError, ssl.SSLError, asyncio.TimeoutError, asyncio.CancelledError) as error:
            if not call.tls:
                call.tls = getattr(error, "reason", None) or type(error).__name__
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if call.fault.startswith("reset") else writer.close()
            if not call.method or not call.status:
                self._record.add(call)  # one that was answered is recorded before its answer is sent

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, call: Call) -> None:
        fault = self._faults.next_of_connection() or _GOOD
        call.fault = fault.name
        await self._phase(ACCEPT, fault, writer)
        await self._phase(HANDSHAKE, fault, writer)
        await writer.start_tls(self._authority.context(fault.certificate_kind), ssl_handshake_timeout=_PATIENCE_S)
        call.tls = "ok"
        request = await _read_request(reader, call)
        if fault is _GOOD:
            fault = self._faults.next_of_side("device" if call.by_device else "app") or _GOOD
            call.fault = fault.name
        reply = await self._reply(request, fault)
        _note_reply(call, reply)
        self._record.add(call)
        await self._phase(HEADERS, fault, writer)
        await _send(reply, fault, writer)

    async def _reply(self, request: bytes, fault: Fault) -> bytes:
        if fault.reply is not None:
            return fault.reply
        reader, writer = await asyncio.open_connection(*self._backend)
        try:
            writer.write(_closing(request))
            return await reader.read(-1)
        finally:
            writer.close()

    async def _phase(self, phase: str, fault: Fault, writer: asyncio.StreamWriter) -> None:
        if fault.reset_phase == phase:
            _reset(writer)
        if fault.stall_phase == phase:
            await asyncio.sleep(fault.stall_s)


async def _read_request(reader: asyncio.StreamReader, call: Call) -> bytes:
    """One whole request; what it asks for is noted in `call` with every secret taken out."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += await _some(reader, call)
    head, _, body = request.partition(b"\r\n\r\n")
    call.method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
    call.method = call.method[:16]
    call.route = masked(rest.partition(" ")[0])
    length = _content_length(head)
    while len(body) < length:
        body += await _some(reader, call)
    if call.route.endswith("/link-id"):
        with contextlib.suppress(ValueError, AttributeError):
            call.link_id = str(json.loads(body).get("linkId", ""))[:64]
    return head + b"\r\n\r\n" + body


async def _some(reader: asyncio.StreamReader, call: Call) -> bytes:
    data = await reader.read(4096)
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


async def _send(reply: bytes, fault: Fault, writer: asyncio.StreamWriter) -> None:
    head, gap, body = reply.partition(b"\r\n\r\n")
    if fault.drip_s:
        for byte in reply:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(fault.drip_s)
        return
    if fault.stall_phase == BODY or fault.reset_phase == BODY:
        writer.write(head + gap + body[: len(body) // 2])
        await writer.drain()
        if fault.reset_phase == BODY:
            _reset(writer)
        await asyncio.sleep(fault.stall_s)
    else:
        writer.write(reply)
    for _ in range(fault.endless_bytes // max(1, len(fault.endless))):
        writer.write(fault.endless)
        await writer.drain()
    await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break off with RST: SO_LINGER of no time."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    raise ConnectionResetError
