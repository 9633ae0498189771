"""A serial port is free as soon as it was looked at or used, whatever else the process starts meanwhile."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from tools import terminal
from tools.board import port as ports


@pytest.fixture
def port() -> Iterator[str]:
    ends = os.openpty()
    yield os.ttyname(ends[1])
    for end in ends:
        os.close(end)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While a port is open, a process is forked that has not yet run its program: it holds all that is open."""
    copies: list[int] = []
    close = serial.Serial.close

    def close_with_a_copy_left(line: serial.Serial) -> None:
        if line.fd is not None:
            copies.append(os.dup(line.fd))
        close(line)

    monkeypatch.setattr(serial.Serial, "close", close_with_a_copy_left)
    yield
    for copy in copies:
        os.close(copy)


def test_a_port_that_was_looked_at_is_free(port: str, forks: None) -> None:
    ports.check(port)
    ports.check(port)


def test_a_port_that_was_unlocked_is_free(port: str, forks: None) -> None:
    with serial.Serial(port, exclusive=True) as line:
        ports.unlock(line)
    ports.check(port)


def test_a_port_in_use_is_busy(port: str) -> None:
    with serial.Serial(port, exclusive=True), pytest.raises(ports.PortError, match="is busy"):
        ports.check(port)


def test_who_has_it_open_is_found_by_any_name(port: str, tmp_path: Path) -> None:
    (tmp_path / "by-id").symlink_to(port)
    with open(port, "rb", buffering=0) as line, subprocess.Popen(["sleep", "60"], stdin=line) as holder:
        try:
            assert ports._holder(str(tmp_path / "by-id")) == f"sleep (process {holder.pid})"
        finally:
            holder.kill()


def test_who_was_told_to_end_does_not_begin(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_told", [2])
    with pytest.raises(KeyboardInterrupt):
        ports.check(port)


def test_who_has_it_open_is_found_among_processes_that_come_and_go(port: str) -> None:
    with open(port, "rb", buffering=0) as line, subprocess.Popen(["sleep", "60"], stdin=line) as holder:
        try:
            for _ in range(20):
                with subprocess.Popen(["true"]):
                    assert ports._holder(port) == f"sleep (process {holder.pid})"
        finally:
            holder.kill()
