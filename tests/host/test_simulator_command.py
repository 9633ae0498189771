"""`sim` and `sandbox` on the command line: a second simulator takes nothing from the first, and what is damaged is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tools import cli
from tools.simulator import command


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
