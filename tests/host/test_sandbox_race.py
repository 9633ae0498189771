"""Device and app call in the same instant, a thousand times: one link each, and one owner.

Asks the sandbox's memory from threads; that HTTP carries the same answers is test_sandbox_rules.py's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools.sandbox import ManualClock
from tools.sandbox.store import Refused, Store

PAIRS = 1000
_DEADLINE_S = 20


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    memory = Store(tmp_path / "platform.sqlite", ManualClock())
    yield memory
    memory.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def _user(store: Store, email: str) -> int:
    store.add_user(email, "correct horse")
    return store.user(store.log_in(email, "correct horse"))


def _at_once(pool: ThreadPoolExecutor, *calls: Callable[[], str | None]) -> list[str | None]:
    """What each call answered; they start together. A refusal counts as None."""
    start = threading.Barrier(len(calls), timeout=_DEADLINE_S)

    def run(call: Callable[[], str | None]) -> str | None:
        start.wait()
        try:
            return call()
        except Refused:
            return None

    return list(pool.map(run, calls, timeout=_DEADLINE_S))


def test_a_thousand_pairs_end_with_one_link_each(store: Store, pool: ThreadPoolExecutor) -> None:
    user = _user(store, "owner@example.com")
    things = []
    for pair in range(PAIRS):
        token, thing = store.activate(store.new_code())
        serial = f"SERIAL{pair}"
        device, app = _at_once(
            pool,
            lambda token=token, serial=serial: store.link_by_device(token, serial),
            lambda serial=serial: store.link_by_app(user, serial),
        )
        assert sorted([device, app], key=str) == sorted([None, thing], key=str)  # the later call completes the link
        assert store.link_by_device(token, serial) == store.link_by_app(user, serial) == thing
        things.append(thing)
    assert store.things(user) == sorted(things)


def test_two_accounts_and_a_device_end_with_one_owner(store: Store, pool: ThreadPoolExecutor) -> None:
    users = [_user(store, f"{name}@example.com") for name in ("one", "two")]
    for pair in range(PAIRS // 4):
        token, thing = store.activate(store.new_code())
        serial = f"SERIAL{pair}"
        _at_once(
            pool,
            lambda token=token, serial=serial: store.link_by_device(token, serial),
            *[lambda user=user, serial=serial: store.link_by_app(user, serial) for user in users],
        )
        assert [thing in store.things(user) for user in users].count(True) == 1


def test_two_accounts_with_the_token_end_with_one_owner(store: Store, pool: ThreadPoolExecutor) -> None:
    users = [_user(store, f"{name}@example.com") for name in ("one", "two")]
    for _ in range(PAIRS // 4):
        token, thing = store.activate(store.new_code())
        answers = _at_once(pool, *[lambda user=user, token=token: store.link_by_token(user, token) for user in users])
        assert sorted(answers, key=str) == sorted([None, thing], key=str)
        assert [thing in store.things(user) for user in users].count(True) == 1
