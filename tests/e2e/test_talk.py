"""`status` and `logs` ask a board at the end of a cable, show no secret, and leave it running."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from tests.e2e.conftest import HOME_KEY, SETUP_KEY, Scale
from tests.e2e.visit import MakeScale
from tools import cli
from tools.board import remote


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli._commands, [*arguments])
    return done.exit_code, done.output


def _printed(*arguments: str) -> str:
    return CliRunner().invoke(cli._commands, [*arguments]).stdout


def _waiting(scale: MakeScale) -> Scale:
    one = scale()
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    return one


def test_status_tells_how_the_scale_was_and_lets_it_go_on(scale: MakeScale) -> None:
    one = _waiting(scale)
    mark = len(one.device.console.text)
    status, said = _run("status", "--port", one.device.port)
    assert status == 0
    assert re.search(f"serial: +{one.serial}", said) and re.search("network: +Home, joined", said)
    assert not any(secret in said for secret in (one.token, HOME_KEY, SETUP_KEY))
    assert said.count("the firmware was stopped for this question and starts anew; ") == 1
    one.device.console.wait_for("SW_CPU_RESET[\\s\\S]*waiting for app", start=mark)
    one.claim()
    one.wait_linked()
    said = _printed("status", "--port", one.device.port, "--json")
    assert json.loads(said)["link"] == f"linked, {one.platform.things()[0]}"


def test_logs_tell_the_last_crash_and_the_lines_before_it(scale: MakeScale) -> None:
    crash = {"why": "KeyError: radio", "uptime_s": 5, "at_s": 0, "lines": ["4.2 wifi: joined"]}
    one = scale({"/crash.json": json.dumps(crash).encode()})
    one.device.power_on()
    one.device.console.wait_for("waiting for app")
    status, said = _run("logs", "--port", one.device.port, "--once")
    assert status == 0
    assert re.search(r"last crash: +KeyError: radio\nbefore it: +4.2 wifi: joined", said)
    assert re.search(r"log: +\d+\.\d link: waiting for app", said)


def test_logs_follow_a_board_without_stopping_it(scale: MakeScale, monkeypatch: pytest.MonkeyPatch) -> None:
    one = scale()
    heard: list[str] = []

    def hear(text: str = "", nl: bool = True) -> None:
        if not heard:
            one.device.power_on()
        heard.append(text)
        if "waiting for app" in "".join(heard):
            raise KeyboardInterrupt

    monkeypatch.setattr("tools.board.talk.typer.echo", hear)
    with pytest.raises(KeyboardInterrupt):
        from tools.board import talk

        talk._follow(one.device.port)
    assert one.device.lives == 1


def test_a_repl_without_a_terminal_is_refused_and_the_board_left_alone(scale: MakeScale) -> None:
    one = _waiting(scale)
    status, said = _run("repl", "--port", one.device.port)
    assert status == 1 and said.startswith("error: a REPL needs a terminal to type at") and said.count("\n") == 1
    assert one.device.lives == 1


@pytest.mark.parametrize("command", ["status", "logs", "repl"])
def test_a_port_that_is_not_there_is_one_line(command: str) -> None:
    status, said = _run(command, "--port", "/dev/ttyNOTHING")
    assert status == 3
    assert said.startswith("error: there is no port /dev/ttyNOTHING") and said.count("\n") == 1


def test_a_board_that_goes_midway_is_one_line(scale: MakeScale, monkeypatch: pytest.MonkeyPatch) -> None:
    one = _waiting(scale)
    run = remote.Remote.run

    def gone(self: remote.Remote, code: str) -> str:
        one.device.unplug()
        return run(self, code)

    monkeypatch.setattr(remote.Remote, "run", gone)
    status, said = _run("status", "--port", one.device.port)
    assert status == 4 and said.startswith("error: lost the board") and said.count("\n") == 1
