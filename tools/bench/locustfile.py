"""What one Locust worker does: virtual owners and scales that link in pairs, over verified TLS, until the pairs are used up.

A scale decides as the firmware does: `core.link` says when it calls, `core.answer` what it was told. `fleet` starts this.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
from locust import HttpUser, constant, events, task
from locust.exception import StopUser
from locust.runners import WorkerRunner

from firmware.core import answer as answers
from firmware.core.link import LINKED, Link

_PLAN = json.loads(Path(os.environ["FLEET_PLAN"]).read_text())
_LATEST_CLAIM_S = 6.0
_pairs: Iterator[Any] = iter(())
_last_pair_s = 0.0


@events.test_start.add_listener
def _share_out(environment: Any, **_: Any) -> None:
    """Each worker takes its own of the pairs."""
    global _pairs, _last_pair_s
    _last_pair_s = time.monotonic() + _PLAN["last_pair_s"]
    if isinstance(environment.runner, WorkerRunner):
        _pairs = iter(_PLAN["pairs"][environment.runner.worker_index :: _PLAN["workers"]])


class Household(HttpUser):
    """An owner with a new scale, and another one after that."""

    host = _PLAN["url"]
    wait_time = constant(0)

    def on_start(self) -> None:
        """Trust the sandbox's authority and no other."""
        self.client.verify = _PLAN["ca"]

    @task
    def link_a_scale(self) -> None:
        """The scale asks on its schedule; at some moment, perhaps before, the owner claims it."""
        pair = next(_pairs, None) if time.monotonic() < _last_pair_s else None
        if pair is None:
            raise StopUser
        link, began_s = Link(random.random), time.monotonic()
        claim_s = began_s + random.uniform(0, _LATEST_CLAIM_S)
        is_claimed = False
        while link.state != LINKED:
            now_s = time.monotonic()
            due_ms = link.due_ms(int((now_s - began_s) * 1000))
            call_s = now_s + (due_ms or 0) / 1000
            if not is_claimed and claim_s <= call_s:
                gevent.sleep(max(0.0, claim_s - now_s))
                is_claimed = self._claim(pair)
                continue
            gevent.sleep(max(0.0, call_s - now_s))
            answer = self._ask(pair)
            link.answered(int((time.monotonic() - began_s) * 1000), answer)
        self._tell("claim to linked", time.monotonic() - claim_s)

    def _claim(self, pair: dict[str, str]) -> bool:
        headers = {"Authorization": pair["session"]}
        body = {"linkId": pair["serial"]}
        with self.client.post(
            "/me/things/link-id", json=body, headers=headers, name="owner", catch_response=True
        ) as reply:
            is_good = reply.status_code == 200
            reply.success() if is_good else reply.failure(f"status {reply.status_code}")
            return is_good

    def _ask(self, pair: dict[str, str]) -> answers.Answer:
        path = f"/things/{pair['token']}/link-id"
        with self.client.post(path, json={"linkId": pair["serial"]}, name="scale", catch_response=True) as reply:
            if not reply.status_code:
                reply.failure("no reply")  # the library's own words would hold the token
                return answers.failed("no reply")
            answer = answers.read(reply.status_code, reply.content, reply.headers.get("Retry-After"), int(time.time()))
            reply.success() if answer.kind in (answers.LINKED, answers.WAITING) else reply.failure(answer.detail)
            return answer

    def _tell(self, name: str, seconds: float) -> None:
        self.environment.events.request.fire(
            request_type="", name=name, response_time=seconds * 1000, response_length=0, exception=None, context={}
        )
