"""The bounds of the device's transport: deadline and byte budgets; whatever the server does, the call ends.

Does not test certificates nor where a call goes; `test_transport_tls.py` and `test_transport_host.py` do.
"""

import itertools
import socket
import struct
from pathlib import Path

import pytest

from tests.host.transport_peer import OK, Behaviour, Bench, Peer, replies, stalls

TIMED_OUT = "no answer in time"
BROKEN_OFF = "connection broken off"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def replies_and_stays(data: bytes) -> Behaviour:
    """Return a behaviour that sends `data` and then neither speaks nor closes."""

    def behave(peer: Peer, connection: socket.socket) -> None:
        replies(data)(peer, connection)
        peer.stall()

    return behave


def resets(connection: socket.socket) -> None:
    """Close `connection` with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def outcome_of(bench: Bench, behave: Behaviour, **options: int) -> dict:
    with bench.peer(behave) as peer:
        return bench.call_peer(peer, **options)


class TestReplies:
    @pytest.mark.parametrize("status", [200, 201])
    def test_a_body_as_long_as_said_needs_no_close(self, bench: Bench, status: int) -> None:
        head = b"HTTP/1.1 %d OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n" % status
        outcome = outcome_of(bench, replies_and_stays(head + b"{}"))
        assert (outcome["status"], outcome["body"]) == (status, "{}")

    def test_a_body_without_length_ends_with_the_stream(self, bench: Bench) -> None:
        outcome = outcome_of(bench, replies(b"HTTP/1.0 200 OK\r\n\r\n", b"{", b"}"))
        assert outcome["body"] == "{}"

    def test_an_end_without_the_goodbye_of_tls_is_an_end(self, bench: Bench) -> None:
        def behave(peer: Peer, connection: socket.socket) -> None:
            replies(b"HTTP/1.0 200 OK\r\n\r\n{}")(peer, connection)
            connection.shutdown(socket.SHUT_RDWR)

        assert outcome_of(bench, behave)["body"] == "{}"

    def test_header_names_are_in_any_case(self, bench: Bench) -> None:
        data = b"HTTP/1.1 200 OK\r\nrEtRy-AfTeR:  7 \r\ncontent-LENGTH: 2\r\n\r\n{}"
        outcome = outcome_of(bench, replies_and_stays(data))
        assert (outcome["body"], outcome["retry_after"]) == ("{}", "7")

    def test_the_page_of_an_error_is_not_read(self, bench: Bench) -> None:
        data = b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 99999\r\n\r\n<html>"
        outcome = outcome_of(bench, replies_and_stays(data))
        assert (outcome["status"], outcome["body"], outcome["retry_after"]) == (503, "", "7")

    def test_the_last_head_and_body_that_fit(self, bench: Bench) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1024\r\nX: "
        head += b"x" * (2048 - len(head) - 4) + b"\r\n\r\n"
        assert outcome_of(bench, replies_and_stays(head + b"b" * 1024))["body"] == "b" * 1024


class TestBadBytes:
    @pytest.mark.parametrize(
        ("parts", "phrase"),
        [
            ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"], "reply body is cut short"),
            ([b"HTTP/1.1 200 OK\r\nContent-Length: 1025\r\n\r\n"], "reply body is too long"),
            (
                [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
                "reply has two lengths",
            ),
            ([b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n"], "reply has no number where one belongs"),
            ([b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1025], "reply body is too long"),
            (
                [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"],
                "reply is chunked, which HTTP/1.0 does not know",
            ),
            ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2048], "reply head is too long"),
            ([b"HTTP/1.1 200 OK\r\nX: y"], "reply head is cut short"),
            ([b"HTTP/1.1 200 OK\r\n"], "reply head is cut short"),
            ([b"HTTP"], "reply head is cut short"),
            ([b"<html></html>\r\n\r\n"], "reply is not HTTP"),
            ([b"\r\n\r\n"], "reply is not HTTP"),
            ([b"HTTP/1.1 2x0 OK\r\n\r\n"], "reply has no number where one belongs"),
        ],
    )
    def test_each_fault_is_named(self, bench: Bench, parts: list[bytes], phrase: str) -> None:
        outcome = outcome_of(bench, replies(*parts))
        assert (outcome["error"], outcome["phrase"]) == ("ValueError", phrase)

    def test_no_reply_at_all(self, bench: Bench) -> None:
        outcome = outcome_of(bench, replies())
        assert (outcome["error"], outcome["phrase"]) == ("OSError", BROKEN_OFF)


class TestReset:
    def test_after_the_request(self, bench: Bench) -> None:
        def behave(peer: Peer, connection: socket.socket) -> None:
            peer.read_request(connection)
            resets(connection)

        assert outcome_of(bench, behave)["phrase"] == BROKEN_OFF

    def test_in_the_handshake(self, bench: Bench) -> None:
        def behave(_peer: Peer, connection: socket.socket) -> None:
            connection.recv(1)
            resets(connection)

        with Peer(behave, None) as peer:
            assert bench.call_peer(peer)["phrase"] == BROKEN_OFF

    def test_nobody_listens(self, bench: Bench) -> None:
        with bench.peer(stalls) as peer:
            pass
        assert bench.call_peer(peer)["phrase"] == "connection refused"

    def test_no_such_host(self, bench: Bench) -> None:
        assert bench.call("https://no-such-host.invalid/TOKEN")["phrase"] == "host name not found"


class TestDeadline:
    def test_a_stall_before_the_handshake(self, bench: Bench) -> None:
        with Peer(stalls, None) as peer:
            assert bench.call_peer(peer, deadline_ms=300)["phrase"] == TIMED_OUT

    def test_a_stall_in_the_handshake(self, bench: Bench) -> None:
        def behave(peer: Peer, connection: socket.socket) -> None:
            connection.recv(4096)
            connection.sendall(b"\x16\x03\x03\x00")  # the beginning of a record
            peer.stall()

        with Peer(behave, None) as peer:
            assert bench.call_peer(peer, deadline_ms=300)["phrase"] == TIMED_OUT

    @pytest.mark.parametrize(
        "behave",
        [
            stalls,
            replies_and_stays(b""),
            replies_and_stays(b"HTTP/1.1 2"),
            replies_and_stays(b"HTTP/1.1 200 OK\r\nX: y\r\n"),
            replies_and_stays(b"HTTP/1.1 200 OK\r\n\r\n{"),
            replies_and_stays(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
        ],
    )
    def test_a_stall_afterwards(self, bench: Bench, behave: Behaviour) -> None:
        assert outcome_of(bench, behave, deadline_ms=500)["phrase"] == TIMED_OUT

    @pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
    def test_a_drip(self, bench: Bench, head: bytes) -> None:
        def behave(peer: Peer, connection: socket.socket) -> None:
            replies(head)(peer, connection)
            while not peer.closed.wait(0.02):
                connection.sendall(b"x")

        assert outcome_of(bench, behave, deadline_ms=500)["phrase"] == TIMED_OUT


class TestBudget:
    @pytest.mark.parametrize(
        ("head", "data"),
        [
            (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 1000),
            (b"HTTP/1.1 200 OK\r\nX: ", b"x" * 6000),
            (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 6000),
        ],
    )
    def test_what_never_ends_is_cut(self, bench: Bench, head: bytes, data: bytes) -> None:
        def behave(peer: Peer, connection: socket.socket) -> None:
            replies(head)(peer, connection)
            for part in itertools.repeat(data):
                connection.sendall(part)

        assert outcome_of(bench, behave)["phrase"].endswith("is too long")

    def test_a_handshake_that_never_ends_is_cut(self, bench: Bench) -> None:
        def behave(_peer: Peer, connection: socket.socket) -> None:
            connection.recv(4096)
            warning = b"\x15\x03\x03\x00\x02\x01\x5a"  # TLS skips it and reads on
            for part in itertools.repeat(warning * 100):
                connection.sendall(part)

        with Peer(behave, None) as peer:
            assert bench.call_peer(peer)["phrase"] == "more bytes than a call may take"

    def test_the_memory_taken_does_not_grow_with_the_reply(self, bench: Bench) -> None:
        def allocated(body_bytes: int) -> int:
            head = b"HTTP/1.1 200 OK\r\n\r\n"
            return outcome_of(bench, replies(head, b"x" * body_bytes), measured=True)["allocated_bytes"]

        assert allocated(10_000_000) < allocated(50_000) + 2_048


class TestAfterwards:
    def test_the_call_after_a_failure_is_a_new_one(self, bench: Bench) -> None:
        behaviours = iter([replies(b"HTTP"), replies(OK)])
        with bench.peer(lambda peer, connection: next(behaviours)(peer, connection)) as peer:
            first, second = bench.calls({"url": peer.url}, {"url": peer.url})
        assert first["phrase"] == "reply head is cut short"
        assert second["status"] == 200
