"""Fixtures of the host tests: a running sandbox, a user's session and a thing's token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.host.sandbox_peer import OWNER, Platform
from tools import cli
from tools.sandbox import ManualClock

hypothesis.settings.register_profile("patient", deadline=None)  # how long an example takes is the machine's business
hypothesis.settings.load_profile("patient")


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with Platform(tmp_path, ManualClock()) as running:
        yield running


@pytest.fixture
def run(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `python -m tools` against the sandbox, with a ledger of its own."""
    monkeypatch.setenv("SCALE_URL", platform.sandbox.url)
    monkeypatch.setenv("SCALE_CA", str(platform.sandbox.ca_pem_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(cli._commands, [str(word) for word in words])


@pytest.fixture
def owner(platform: Platform) -> str:
    return platform.user(OWNER)


@pytest.fixture
def token(platform: Platform) -> str:
    return platform.sandbox.new_thing()
