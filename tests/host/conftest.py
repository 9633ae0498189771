"""Fixtures of the host tests: a running sandbox, a user's session and a thing's token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.host.sandbox_peer import OWNER, Platform
from tools.sandbox import ManualClock


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with Platform(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture
def owner(platform: Platform) -> str:
    return platform.user(OWNER)


@pytest.fixture
def token(platform: Platform) -> str:
    return platform.sandbox.new_thing()
