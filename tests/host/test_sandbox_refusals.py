"""What the sandbox answers to wrong input: the platform's error body with the right status, every time.

The rules for right input are test_sandbox_rules.py's.
"""

from __future__ import annotations

import pytest

from tests.host.sandbox_peer import OWNER, SERIAL, Platform, assert_refused

WITH_SESSION = [("POST", "me/things"), ("POST", "me/things/link-id"), ("GET", "me/things"), ("DELETE", "me/things/x")]


@pytest.mark.parametrize("session", [None, "", "no such session"])
@pytest.mark.parametrize("method, path", WITH_SESSION)
def test_without_a_session_nothing_is_answered(platform: Platform, method: str, path: str, session: str | None) -> None:
    headers = {} if session is None else {"Authorization": session}
    body = {"linkId": SERIAL, "thingToken": "x"} if method == "POST" else None
    assert_refused(platform.http.request(method, path, json=body, headers=headers), 401)


def test_a_wrong_password_opens_no_session(platform: Platform, owner: str) -> None:
    for email in (OWNER, "nobody@example.com"):
        assert_refused(platform.http.post("login", json={"email": email, "password": "wrong"}), 401)


def test_an_unknown_token_is_refused(platform: Platform, owner: str) -> None:
    assert_refused(platform.offer("unknown"), 404)
    assert_refused(platform.by_token(owner, "unknown"), 404)
    assert_refused(platform.http.get("things/unknown/resources/weight"), 404)
    assert_refused(platform.http.post("things/unknown", json={"values": [{"key": "weight", "value": 1}]}), 404)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b"null", b'{"linkId": ""}', b'{"linkId": 7}', b'{"linkId": null}', b'{"linkID": "x"}']
    + [b'{"linkId": "' + b"x" * 65 + b'"}'],
)
def test_a_malformed_link_call_is_an_invalid_request(platform: Platform, owner: str, token: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Authorization": owner}
    for path in ("me/things/link-id", f"things/{token}/link-id"):
        assert_refused(platform.http.post(path, content=body, headers=headers), 400)


def test_unknown_paths_and_methods_get_the_same_error_body(platform: Platform) -> None:
    assert_refused(platform.http.get("nowhere"), 404)
    assert_refused(platform.http.delete("me/things/"), 404)
    assert_refused(platform.http.put("me/things"), 405)
