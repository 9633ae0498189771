"""Where the device's transport goes: to the one host of its URL, over https, whatever the server says.

Does not test what comes back; `test_transport_bounds.py` does.
"""

from pathlib import Path

import pytest

from tests.host.transport_peer import OK, Bench, Peer, replies, stalls


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(bench: Bench, status: int) -> None:
    with Peer(replies(OK), None) as elsewhere:
        data = b"HTTP/1.1 %d Moved\r\nLocation: http://localhost:%d/\r\n\r\n" % (status, elsewhere.port)
        with bench.peer(replies(data)) as peer:
            outcome = bench.call_peer(peer)
    assert (outcome["status"], outcome["body"]) == (status, "")
    assert elsewhere.connections == 0


def test_plain_http_is_refused(bench: Bench) -> None:
    with Peer(replies(OK), None) as peer:
        outcome = bench.call(f"http://localhost:{peer.port}/TOKEN")
    assert (outcome["error"], outcome["phrase"]) == ("ValueError", "only https is allowed")
    assert peer.connections == 0


def test_plain_http_needs_leave_and_keeps_the_bounds(bench: Bench) -> None:
    with Peer(replies(OK), None) as peer:
        url = f"http://localhost:{peer.port}/TOKEN"
        assert bench.call(url, allow_plain_http=True)["status"] == 200
    with Peer(replies(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 2000), None) as peer:
        url = f"http://localhost:{peer.port}/TOKEN"
        assert bench.call(url, allow_plain_http=True)["phrase"] == "reply body is too long"
    with Peer(stalls, None) as peer:
        url = f"http://localhost:{peer.port}/TOKEN"
        assert bench.call(url, allow_plain_http=True, deadline_ms=300)["phrase"] == "no answer in time"


@pytest.mark.parametrize("url", ["ftp://localhost/", "localhost/", "", "https://localhost/a\r\nX: y"])
def test_what_is_no_https_url_is_refused(bench: Bench, url: str) -> None:
    assert bench.call(url)["error"] == "ValueError"
