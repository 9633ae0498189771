"""Every rule and decision of the link API, asked of a running sandbox over verified HTTPS.

Wrong input is test_sandbox_refusals.py's, calls in the same instant are test_sandbox_race.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.host.sandbox_peer import OWNER, Platform, assert_refused, linked_thing, said
from tools.sandbox import ManualClock

DAY_S = 24 * 3600


def test_app_first(platform: Platform, owner: str, token: str) -> None:
    waiting = platform.claim(owner)
    assert waiting.json() == {"status": "success", "message": "waiting for thing"}
    thing = linked_thing(platform.offer(token))
    assert linked_thing(platform.claim(owner)) == thing
    assert platform.things(owner) == [thing]


def test_device_first(platform: Platform, owner: str, token: str) -> None:
    waiting = platform.offer(token)
    assert waiting.json() == {"status": "success", "message": "waiting for app"}
    thing = linked_thing(platform.claim(owner))
    assert linked_thing(platform.offer(token)) == thing
    assert platform.things(owner) == [thing]


@pytest.mark.parametrize("age_s, message", [(DAY_S - 1, "linked"), (DAY_S, "waiting for app")])
def test_an_app_waits_a_day(platform: Platform, owner: str, token: str, age_s: int, message: str) -> None:
    platform.claim(owner)
    platform.clock.advance(age_s)
    assert said(platform.offer(token)) == message


@pytest.mark.parametrize("age_s, message", [(DAY_S - 1, "linked"), (DAY_S, "waiting for thing")])
def test_a_device_waits_a_day(platform: Platform, owner: str, token: str, age_s: int, message: str) -> None:
    platform.offer(token)
    platform.clock.advance(age_s)
    assert said(platform.claim(platform.log_in(OWNER))) == message


def test_a_device_that_asks_again_does_not_stretch_its_window(platform: Platform, owner: str, token: str) -> None:
    platform.offer(token)
    platform.clock.advance(DAY_S - 1)
    assert said(platform.offer(token)) == "waiting for app"
    platform.clock.advance(1)
    assert said(platform.claim(platform.log_in(OWNER))) == "waiting for thing"


def test_an_app_that_asks_again_does_not_stretch_its_window(platform: Platform, owner: str, token: str) -> None:
    platform.claim(owner)
    platform.clock.advance(DAY_S - 1)
    platform.claim(platform.log_in(OWNER))
    platform.clock.advance(1)
    assert said(platform.offer(token)) == "waiting for app"


def test_past_the_window_either_call_opens_a_new_one(platform: Platform, owner: str, token: str) -> None:
    platform.claim(owner)
    platform.clock.advance(DAY_S)
    assert said(platform.offer(token)) == "waiting for app"
    platform.clock.advance(DAY_S - 1)
    assert said(platform.claim(platform.log_in(OWNER))) == "linked"


def test_the_first_claim_stands(platform: Platform, owner: str, token: str) -> None:
    racer = platform.user("racer@example.com")
    platform.claim(owner)
    assert_refused(platform.claim(racer), 409)
    linked_thing(platform.offer(token))
    assert platform.things(racer) == []


def test_a_forgotten_claim_frees_the_serial(platform: Platform, owner: str) -> None:
    platform.claim(owner)
    platform.user("next@example.com")
    platform.clock.advance(DAY_S)
    assert said(platform.claim(platform.log_in("next@example.com"))) == "waiting for thing"


def test_an_owned_thing_is_answered_as_linked(platform: Platform, owner: str, token: str) -> None:
    thing = linked_thing(platform.by_token(owner, token))
    assert linked_thing(platform.offer(token)) == thing


def test_linking_by_token_twice_is_harmless(platform: Platform, owner: str, token: str) -> None:
    assert linked_thing(platform.by_token(owner, token)) == linked_thing(platform.by_token(owner, token))


def test_an_owned_thing_cannot_be_taken_by_token(platform: Platform, owner: str, token: str) -> None:
    thing = linked_thing(platform.by_token(owner, token))
    assert_refused(platform.by_token(platform.user("thief@example.com"), token), 409)
    assert platform.things(owner) == [thing]


@pytest.mark.parametrize("link", [Platform.by_token, lambda platform, session, _: platform.claim(session)])
def test_an_owned_thing_cannot_be_taken_by_an_older_serial(
    platform: Platform, owner: str, token: str, link: Callable[[Platform, str, str], httpx.Response]
) -> None:
    platform.offer(token, "OLDSERIAL2")
    platform.offer(token)
    thing = linked_thing(link(platform, owner, token))
    assert said(platform.claim(platform.user("thief@example.com"), "OLDSERIAL2")) == "waiting for thing"
    assert platform.things(owner) == [thing]


def test_unlink_ends_access_and_lets_another_link(platform: Platform, owner: str, token: str) -> None:
    thing = linked_thing(platform.by_token(owner, token))
    gone = platform.unlink(owner, thing)
    assert gone.json() == {"status": "success", "message": "unlinked", "thingId": thing}
    assert platform.things(owner) == []
    assert said(platform.offer(token)) == "waiting for app"
    assert linked_thing(platform.claim(platform.user("next@example.com"))) == thing


def test_unlink_needs_a_link_of_ones_own(platform: Platform, owner: str, token: str) -> None:
    thing = linked_thing(platform.by_token(owner, token))
    assert_refused(platform.unlink(platform.user("thief@example.com"), thing), 404)
    assert platform.things(owner) == [thing]
    platform.unlink(owner, thing)
    assert_refused(platform.unlink(owner, thing), 404)


def test_resources_list_the_things_too(platform: Platform, owner: str, token: str) -> None:
    thing = linked_thing(platform.by_token(owner, token))
    answer = platform.http.get("me/resources", headers={"Authorization": owner}).json()
    assert answer["things"] == [{"thingId": thing}]


def test_a_session_ends(platform: Platform, owner: str) -> None:
    platform.clock.advance(12 * 3600 - 1)
    assert said(platform.claim(owner)) == "waiting for thing"
    platform.clock.advance(1)
    assert_refused(platform.claim(owner), 401)


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    clock = ManualClock()
    with Platform(tmp_path, clock) as before:
        owner, token, other = before.user(OWNER), before.sandbox.new_thing(), before.sandbox.new_thing()
        thing = linked_thing(before.by_token(owner, other))
        before.claim(owner)
        authority, rows = before.sandbox.ca_der, len(before.sandbox.calls())
    with Platform(tmp_path, clock) as after:
        assert after.sandbox.ca_der == authority
        assert len(after.sandbox.calls()) >= rows
        assert sorted(after.things(owner)) == [thing]
        linked_thing(after.offer(token))


def test_activation_gives_a_thing_once(platform: Platform) -> None:
    code = {"activationCode": platform.sandbox.new_activation_code()}
    first = platform.http.post("things", json=code)
    assert (first.status_code, first.json()["status"]) == (201, "created")
    assert said(platform.offer(first.json()["thingToken"])) == "waiting for app"
    assert_refused(platform.http.post("things", json=code), 409)
    assert_refused(platform.http.post("things", json={"activationCode": "nobody's"}), 404)


def test_values_are_read_back_newest_first(platform: Platform, token: str) -> None:
    for grams in (10, 20, 30):
        values = {"values": [{"key": "weight", "value": grams}]}
        assert platform.http.post(f"things/{token}", json=values).status_code == 201
    read = platform.http.get(f"things/{token}/resources/weight", params={"limit": 2}).json()
    assert [row["value"] for row in read] == [30, 20]
