"""TLS of the device's transport: with each certificate fault the device says which, and the server sees no HTTP.

Does not test faults after the handshake; `test_transport_bounds.py` does.
"""

import datetime as dt
import socket
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.host.transport_peer import CLIENT_HOME, OK, PATH, Bench, Peer

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def answer(peer: Peer, connection: socket.socket) -> None:
    peer.read_request(connection)
    connection.sendall(OK)


def refusal(bench: Bench, certificate: trustme.LeafCert) -> Any:
    """Return what became of a call to a server with `certificate`, having checked that it saw no HTTP."""
    with Peer(answer, bench.tls(certificate)) as peer:
        outcome = bench.call_peer(peer)
    assert peer.connections == 1
    assert peer.http == b""
    assert outcome["error"] == "TlsError"
    return outcome


def self_signed() -> trustme.LeafCert:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW - DAY, NOW + DAY)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return trustme.LeafCert(pem, certificate, [])


def test_a_good_certificate_lets_the_call_through(bench: Bench) -> None:
    with bench.peer(answer) as peer:
        outcome = bench.call_peer(peer)
    assert (outcome["status"], outcome["body"]) == (200, "{}")
    assert peer.http.startswith(b"POST /things/TOKEN/link-id HTTP/1.0\r\n")


def test_one_root_of_several_is_enough(bench: Bench) -> None:
    others = [bench.root_of(ca) for ca in (trustme.CA(), trustme.CA())]
    for roots in ([bench.root, *others], [*others, bench.root]):
        with bench.peer(answer) as peer:
            assert bench.calls({"url": peer.url}, roots=roots)[0]["status"] == 200


def test_a_wrong_ca(bench: Bench) -> None:
    assert refusal(bench, trustme.CA().issue_cert("localhost"))["reason"] == "issuer"


def test_a_self_signed_certificate(bench: Bench) -> None:
    assert refusal(bench, self_signed())["reason"] == "issuer"


def test_a_certificate_for_another_host(bench: Bench) -> None:
    assert refusal(bench, bench.ca.issue_cert("elsewhere.example"))["reason"] == "host"


def test_an_expired_certificate(bench: Bench) -> None:
    expired = bench.ca.issue_cert("localhost", not_before=NOW - 9 * DAY, not_after=NOW - DAY)
    assert refusal(bench, expired)["reason"] == "expired"


def test_a_certificate_that_is_not_yet_valid(bench: Bench) -> None:
    early = bench.ca.issue_cert("localhost", not_before=NOW + DAY, not_after=NOW + 9 * DAY)
    assert refusal(bench, early)["reason"] == "not yet valid"


def test_the_gravest_of_several_faults_is_named(bench: Bench) -> None:
    both = trustme.CA().issue_cert("elsewhere.example", not_before=NOW + DAY, not_after=NOW + 9 * DAY)
    assert refusal(bench, both)["reason"] == "issuer"


def test_without_roots_nothing_is_sent(bench: Bench) -> None:
    def record(peer: Peer, connection: socket.socket) -> None:
        peer.http.extend(connection.recv(4096))

    with Peer(record, None) as peer:
        outcome = bench.calls({"url": peer.url}, roots=[])[0]
    assert outcome["reason"] == "no roots"
    assert peer.http == b""  # not even a ClientHello


@pytest.mark.parametrize(
    "rubbish", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x03\xff\xff", b"\x15\x03\x03\x00\x02\x02\x28"]
)
def test_a_server_that_does_not_speak_tls(bench: Bench, rubbish: bytes) -> None:
    def babble(peer: Peer, connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(rubbish)

    with Peer(babble, None) as peer:
        outcome = bench.call_peer(peer)
    assert outcome["error"] in ("TlsError", "OSError")


def test_the_frozen_client_is_never_used_and_the_next_call_looks_again(bench: Bench) -> None:
    frozen = bench.folder / "frozen"
    frozen.mkdir()
    (frozen / "urequests.py").write_text("from requests import *\n")  # as official images freeze it
    with bench.peer(answer) as peer:
        wrong = {"url": peer.url, "path": [str(frozen), *PATH], "client_home": CLIENT_HOME}
        outcomes = bench.calls(wrong, wrong, {"url": peer.url})
    refused = "frozen urequests found first: /lib must come before .frozen in sys.path"
    assert [outcome.get("phrase") for outcome in outcomes] == [refused, refused, None]
    assert outcomes[2]["status"] == 200
    assert peer.connections == 1


def test_without_any_client_the_call_fails_like_any_other(bench: Bench) -> None:
    with bench.peer(answer) as peer:
        outcome = bench.call_peer(peer, path=[PATH[0]])
    assert (outcome["error"], outcome["phrase"]) == ("ClientError", "urequests is not in /lib")
    assert peer.connections == 0


def test_a_client_that_stands_elsewhere_is_refused(bench: Bench) -> None:
    with bench.peer(answer) as peer:
        outcome = bench.call_peer(peer, client_home="/lib/")
    assert outcome["error"] == "ClientError"
    assert peer.connections == 0


def test_no_failure_shows_the_token(bench: Bench) -> None:
    outcome = refusal(bench, trustme.CA().issue_cert("localhost"))
    assert "TOKEN" not in str(outcome)
