"""What the end-to-end tests share: a desk, and boards with a few lines of code on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.simulator.device import Device
from tools.simulator.world import World

PROMPT = r">>> $"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "desk") as desk:
        yield desk


@pytest.fixture
def board(world: World) -> Callable[..., Device]:
    """Makes a board with `main.py` (and other files) in its flash, switched on unless told otherwise."""

    def make(main: str = "", on: bool = True, files: dict[str, str] | None = None, **options: Any) -> Device:
        tree = {path: text.encode() for path, text in (files or {}).items()}
        device = world.new_device({"/main.py": main.encode(), **tree}, **options)
        if on:
            device.power_on()
        return device

    return make
