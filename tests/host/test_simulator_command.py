"""`sim` and `sandbox` on the command line: a second simulator takes nothing from the first, and what is damaged is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tools import cli
from tools.simulator import command, control
from tools.simulator.world import World


def test_a_second_simulator_is_refused_and_nothing_is_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "FOLDER", tmp_path / "sim")
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "board-1.img").write_text("the first one's")
    with command._alone():
        done = CliRunner().invoke(cli._commands, ["sim", "--fresh"])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("error: a simulator is running already; end it")
    assert (tmp_path / "sim" / "board-1.img").read_text() == "the first one's"


@pytest.mark.parametrize("damaged", ["ca.pem", "ca-key.pem", "platform.sqlite", "calls.sqlite"])
def test_a_damaged_sandbox_is_named(tmp_path: Path, damaged: str) -> None:
    for name in {"ca.pem", "ca-key.pem", damaged}:
        (tmp_path / name).write_text("damaged" * 100)
    done = CliRunner().invoke(cli._commands, ["sandbox", "--port", "0", "--folder", str(tmp_path)])
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith(f"error: what is kept in {tmp_path} is damaged (")
    assert done.stderr.endswith("; remove that folder, or name another with --folder\n")


def test_a_sandbox_without_a_folder_does_not_blame_the_port(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = CliRunner().invoke(cli._commands, ["sandbox", "--port", "0", "--folder", str(tmp_path / "file")])
    assert done.exit_code == 1
    assert done.stderr == f"error: {tmp_path / 'file'}: File exists; name another folder with --folder\n"


@pytest.mark.parametrize(
    ("details", "asked"),
    [
        (["board=2", "at=3", "keep=0.5"], {"board": 2, "at": 3, "keep": 0.5}),
        (["ssid=12345678", "key=true"], {"ssid": "12345678", "key": "true"}),
        (["ssid=Home", "key=", "on=false", "dhcp=true"], {"ssid": "Home", "key": "", "on": False, "dhcp": True}),
    ],
)
def test_each_detail_is_asked_as_what_it_is(
    monkeypatch: pytest.MonkeyPatch, details: list[str], asked: dict[str, object]
) -> None:
    asks: list[dict[str, object]] = []
    monkeypatch.setattr(control, "ask", lambda path, op, **given: asks.append(given) or {"ok": True})
    assert CliRunner().invoke(cli._commands, ["desk", "network", *details]).exit_code == 0
    assert asks == [asked]


@pytest.mark.parametrize("detail", ["board=two", "keep=half", "on=yes", "at", "at=1.5"])
def test_a_detail_that_makes_no_sense_is_refused(detail: str) -> None:
    done = CliRunner().invoke(cli._commands, ["desk", "cut-power", detail])
    assert done.exit_code == 2 and detail.partition("=")[0] in done.stderr


@pytest.mark.parametrize("details", [{"at": 0}, {"keep": 1.0}, {"keep": -0.1}])
def test_power_is_not_cut_nowhere(tmp_path: Path, details: dict[str, float]) -> None:
    with World(tmp_path / "desk") as world, control.Control(world, tmp_path / "ether.sock"):
        world.new_device({})
        assert "at begins with 1" in control.ask(tmp_path / "ether.sock", "cut-power", **details)["error"]
        assert control.ask(tmp_path / "ether.sock", "cut-power", at=1, keep=0.5) == {"ok": True}
