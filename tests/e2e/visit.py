"""What the set-up tests share: a new scale with a phone on its network, and patience."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Scale
from tools.simulator.phone import Phone
from tools.simulator.visit import part

MakeScale = Callable[..., Scale]
OWN = "192.168.4.1"


def wait_until(condition: Callable[[], object], deadline_s: float = 20.0) -> None:
    end_s = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def live_for(one: Scale, ms: int, deadline_s: float = 60.0) -> None:
    """Let so much of the board's own time pass."""
    end_ms = one.device.board.now_ms() + ms
    wait_until(lambda: one.device.board.now_ms() > end_ms, deadline_s)


def radio_calls(one: Scale, monkeypatch: pytest.MonkeyPatch, wanted: str) -> list[tuple[int, dict[str, Any]]]:
    """Grows by (the board's own ms, details) with each call of that name that the firmware makes of its radio."""
    calls: list[tuple[int, dict[str, Any]]] = []
    plain = one.device.radio.call

    def heard(*, action: str, now_ms: int, **details: Any) -> Any:
        if action == wanted:
            calls.append((now_ms, details))
        return plain(action=action, now_ms=now_ms, **details)

    monkeypatch.setattr(one.device.radio, "call", heard)
    return calls


def shows(phone: Phone, words: str) -> bool:
    """Tell whether the page says so now; who is turned away for the moment may ask again."""
    with contextlib.suppress(OSError):
        return words in part(phone)
    return False


def tap(one: Scale) -> None:
    """Press the button shortly, as a finger does."""
    one.device.press()
    time.sleep(0.8)
    one.device.release()


def new(scale: MakeScale, **options: object) -> tuple[Scale, Phone]:
    one = scale(wifi=False, **options)
    one.device.power_on()
    return one, one.phone()
