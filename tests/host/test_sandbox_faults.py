"""Every fault the sandbox can act out, seen on the wire by a plain TLS client.

What a scale makes of them is the end-to-end tests' business.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.sandbox import Call, Fault, ManualClock, Sandbox
from tools.sandbox.certificates import KINDS
from tools.sandbox.faults import PHASES

TOKEN = "a-secret-thing-token"
_DEADLINE_S = 10
_STALL_S = 60.0  # longer than any client here waits
_SOON_S = 0.5


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path, clock=ManualClock()) as running:
        yield running


def _request(path: str = f"/v2/things/{TOKEN}/link-id") -> bytes:
    body = b'{"linkId": "7KM2XQ9RTF"}'
    lines = [f"POST {path} HTTP/1.0", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Client:
    """One verified TLS connection; what it received is in `received`, even after an error."""

    def __init__(self, sandbox: Sandbox, patience_s: float = _DEADLINE_S) -> None:
        self._sandbox = sandbox
        self._patience_s = patience_s
        self.received = b""

    def ask(self, request: bytes = b"", at_most: int = 1 << 20, beneath_tls: bool = False) -> bytes:
        """All that comes for a request, up to `at_most` bytes. Raises OSError.

        `beneath_tls` looks at TCP itself, for CPython 3.11 takes an RST inside TLS for an end.
        """
        context = ssl.create_default_context(cafile=self._sandbox.ca_pem_path)
        with (
            socket.create_connection(("127.0.0.1", self._sandbox.port), self._patience_s) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.sendall(request or _request())
            if beneath_tls:
                with socket.socket(fileno=os.dup(secured.fileno())) as raw:
                    raw.settimeout(self._patience_s)
                    while raw.recv(65536):
                        pass
            while len(self.received) < at_most and (data := secured.recv(65536)):
                self.received += data
        return self.received


def _only_call(sandbox: Sandbox) -> Call:
    [call] = sandbox.wait_for(lambda calls: len(calls) == 1, _DEADLINE_S)
    return call


def _body(reply: bytes) -> bytes:
    return reply.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    "fault, first_line, within",
    [
        (Fault.status(503, "120"), b"HTTP/1.1 503 ", b"\r\nRetry-After: 120\r\n"),
        (Fault.status(403), b"HTTP/1.1 403 ", b'"code":403'),
        (Fault.status(500, body=b"oops"), b"HTTP/1.1 500 ", b"\r\n\r\noops"),
        (Fault.json(b"[1]"), b"HTTP/1.1 200 ", b"\r\n\r\n[1]"),
        (
            Fault.redirect("https://elsewhere.example/"),
            b"HTTP/1.1 302 ",
            b"\r\nLocation: https://elsewhere.example/\r\n",
        ),
        (Fault.chunked(), b"HTTP/1.1 200 ", b"\r\nTransfer-Encoding: chunked\r\n\r\n30\r\n{"),
        (Fault.html(), b"HTTP/1.1 200 ", b"<!doctype html>"),
        (Fault.drip(0.001), b"HTTP/1.1 200 ", b'"waiting for app"'),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_an_answer_is_the_ordered_one(sandbox: Sandbox, fault: Fault, first_line: bytes, within: bytes) -> None:
    sandbox.faults.push(fault)
    reply = Client(sandbox).ask()
    assert reply.startswith(first_line)
    assert within in reply
    assert _only_call(sandbox).fault == fault.name


def test_raw_bytes_come_as_they_are(sandbox: Sandbox) -> None:
    sandbox.faults.push(Fault.raw(b"\x00\xffnot HTTP"))
    assert Client(sandbox).ask() == b"\x00\xffnot HTTP"


def test_empty_closes_without_a_byte(sandbox: Sandbox) -> None:
    sandbox.faults.push(Fault.empty())
    assert Client(sandbox).ask() == b""
    assert _only_call(sandbox).http_bytes == len(_request())


def test_half_a_body_is_shorter_than_promised(sandbox: Sandbox) -> None:
    sandbox.faults.push(Fault.half_body())
    reply = Client(sandbox).ask()
    assert b"Content-Length: 90\r\n" in reply
    assert 0 < len(_body(reply)) < 90


def test_headers_go_on_without_end(sandbox: Sandbox) -> None:
    sandbox.faults.push(Fault.endless_headers())
    reply = Client(sandbox).ask(at_most=200_000)
    assert len(reply) >= 200_000
    assert b"\r\n\r\n" not in reply


def test_a_big_body_is_as_big_as_promised(sandbox: Sandbox) -> None:
    sandbox.faults.push(Fault.big_body(131_072))
    reply = Client(sandbox).ask()
    assert b"Content-Length: 131072\r\n" in reply
    assert len(_body(reply)) == 131_072


@pytest.mark.parametrize("phase", PHASES)
def test_a_stall_keeps_the_rest_back(sandbox: Sandbox, phase: str) -> None:
    sandbox.faults.push(Fault.stall(phase, _STALL_S))
    client = Client(sandbox, _SOON_S)
    with pytest.raises(TimeoutError):
        client.ask()
    assert bool(_body(client.received)) == (phase == "body")
    assert client.received.startswith(b"HTTP/1.1 404 ") == (phase == "body")


@pytest.mark.parametrize("phase", PHASES)
def test_a_reset_breaks_the_connection(sandbox: Sandbox, phase: str) -> None:
    sandbox.faults.push(Fault.reset(phase))
    client = Client(sandbox)
    with pytest.raises(ConnectionResetError):
        client.ask(beneath_tls=True)
    assert _only_call(sandbox).tls == ("ok" if phase in ("headers", "body") else "ConnectionResetError")


@pytest.mark.parametrize(
    "kind, reason",
    [
        ("expired", "certificate has expired"),
        ("not yet valid", "certificate is not yet valid"),
        ("wrong host", "Hostname mismatch"),
        ("other authority", "unable to get local issuer certificate"),
        ("self-signed", "self-signed certificate"),
    ],
)
def test_a_wrong_certificate_is_refused_before_any_http(sandbox: Sandbox, kind: str, reason: str) -> None:
    sandbox.faults.push(Fault.certificate(kind))
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        Client(sandbox).ask()
    call = _only_call(sandbox)
    assert (call.http_bytes, call.method, call.status) == (0, "", 0)


def test_every_kind_of_certificate_is_tested() -> None:
    tested = test_a_wrong_certificate_is_refused_before_any_http.pytestmark[0].args[1]
    assert {kind for kind, _ in tested} | {"good"} == set(KINDS)


def test_pushed_faults_come_first_then_the_standing_one_until_cleared(sandbox: Sandbox) -> None:
    sandbox.faults.set(Fault.status(503))
    sandbox.faults.push(Fault.status(429), calls=2)
    statuses = [Client(sandbox).ask().split()[1] for _ in range(4)]
    sandbox.faults.clear()
    assert [*statuses, Client(sandbox).ask().split()[1]] == [b"429", b"429", b"503", b"503", b"404"]


def test_a_fault_for_one_side_spares_the_other(sandbox: Sandbox) -> None:
    sandbox.faults.set(Fault.status(500), side="device")
    assert Client(sandbox).ask(_request("/v2/me/things/link-id")).startswith(b"HTTP/1.1 401 ")
    assert Client(sandbox).ask().startswith(b"HTTP/1.1 500 ")


def test_the_record_holds_no_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    token = sandbox.new_thing()
    Client(sandbox).ask(_request(f"/v2/things/{token}/link-id?again={token}"))
    Client(sandbox).ask(_request(f"/v2/me/things/{token}"))
    device, app = sandbox.calls()
    assert (device.route, device.link_id, device.status) == ("/v2/things/{thingToken}/link-id", "7KM2XQ9RTF", 200)
    assert app.route == "/v2/me/things/{thingId}"
    for file in tmp_path.glob("calls.sqlite*"):
        assert token.encode() not in file.read_bytes()
