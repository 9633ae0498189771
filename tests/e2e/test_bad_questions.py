"""What goes wrong for `status`, `logs` and `repl`: one line that says what to do, and the board goes on with what it had."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest

from tests.e2e.conftest import Scale
from tests.e2e.spoil import (
    Desk,
    Spoil,
    bare,
    busy,
    elsewhere,
    forbidden,
    no_terminal,
    nothing,
    run,
    silent,
    unnamed,
    vanishing_early,
)
from tests.e2e.test_deploy import started
from tests.e2e.visit import MakeScale
from tools import build
from tools.board import talk
from tools.board.remote import Remote

NOTHING_SENT: list[tuple[str, Spoil, int, str]] = [
    ("no port", elsewhere, 3, "there is no port /dev/ttyUSB99; plug the board in"),
    ("no name", unnamed, 2, r"(status|logs|repl): which board\? make \1 PORT=/dev/ttyUSB0"),
    ("busy", busy, 3, "is busy: .+ has it open; close that"),
    ("forbidden", forbidden, 3, r"join its group with `sudo usermod -aG \w+ \$USER`"),
    ("no terminal", no_terminal, 3, "/dev/null cannot be used as a serial port"),
]

ASKED: list[tuple[str, Spoil, int, str]] = [
    ("silent", silent, 1, "does not answer; press the board's reset button"),
    ("bare", bare, 1, "there is no MicroPython on the chip; first `make flash"),
    ("vanishes", vanishing_early, 4, "lost the board on .*; plug it in"),
    ("no program", nothing, 1, "the scale's program is not on the board, or an old one; `make deploy PORT="),
]


@pytest.mark.parametrize("command", ["status", "logs", "repl"])
@pytest.mark.parametrize(
    ("spoil", "status", "words"), [row[1:] for row in NOTHING_SENT], ids=[row[0] for row in NOTHING_SENT]
)
def test_a_port_that_cannot_be_used(desk: Desk, command: str, spoil: Spoil, status: int, words: str) -> None:
    mark = len(desk.device.console.text)
    spoil(desk)
    found, said = run(command, "--port", desk.port)
    assert (found, said.count("\n")) == (status, 1)
    assert re.search(words, said), said
    assert desk.device.console.text[mark:] == ""


@pytest.mark.parametrize("command", ["status", "logs"])
@pytest.mark.parametrize(("spoil", "status", "words"), [row[1:] for row in ASKED], ids=[row[0] for row in ASKED])
def test_a_board_that_cannot_answer(desk: Desk, command: str, spoil: Spoil, status: int, words: str) -> None:
    spoil(desk)
    found, said = run(command, "--port", desk.port)
    assert (found, said.count("\n")) == (status, 1)
    assert re.search(words, said), said
    if spoil is not bare:
        assert started(desk.device) == "AAA"


def _waiting(scale: MakeScale) -> Scale:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    return one


@pytest.mark.parametrize("command", ["status", "logs"])
def test_ctrl_c_at_the_question_lets_the_board_go_on(
    scale: MakeScale, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _waiting(scale)
    mark = len(one.device.console.text)

    def interrupted(self: Remote, code: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(talk.remote.Remote, "run", interrupted)
    status, said = run(command, "--port", one.device.port)
    assert (status, said.count("\n")) == (130, 1) and said.startswith("stopped: ")
    one.device.console.wait_for(r"rst:[\s\S]*waiting for app", start=mark)


def test_ctrl_c_ends_a_log_that_is_followed(scale: MakeScale) -> None:
    one = _waiting(scale)
    line = [sys.executable, "-m", "tools", "logs", "--live", "--port", one.device.port]
    running = subprocess.Popen(line, cwd=build.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout
    try:
        next(row for row in running.stdout if "waiting for app" in row)  # it listens
        one.claim()
        next(row for row in running.stdout if "link: stored" in row)
        os.kill(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode in (0, 130) and "Traceback" not in said
    assert one.device.lives == 1
