"""The set-up says in one line what is wrong, and a broken start never spoils the next try."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap
from tools.vendor import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a blank in its path that holds what the bootstrap needs, and a requirements file nobody can serve."""
    folder = tmp_path / "a clone"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "bootstrap.py", folder / "tools")
    (folder / "requirements.txt").write_text("rich==15.0.0 --hash=sha256:" + "0" * 64 + "\n")
    return folder


def run(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/bootstrap.py", "run"]
    settings = {"PATH": os.environ["PATH"], "HOME": str(clone / "no home"), **environment}
    return subprocess.run(command, cwd=clone, env=settings, capture_output=True, text=True, timeout=60, check=False)


def test_no_network_is_one_clear_line_and_the_next_try_goes_on(clone: Path) -> None:
    for _ in range(2):
        done = run(clone, PIP_INDEX_URL="http://127.0.0.1:9/simple", PIP_RETRIES="0", PIP_NO_CACHE_DIR="1")
        assert done.returncode == 1
        assert done.stderr.strip().splitlines()[-1].startswith("setup: the package index (PyPI) is not in reach")
        assert "Traceback" not in done.stderr
    assert not list((clone / ".venv").glob("*.installed"))


def test_a_half_made_environment_is_made_anew(clone: Path) -> None:
    (clone / "requirements.txt").write_text("# nothing\n")
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").write_text("broken")
    assert run(clone).returncode == 0
    assert run(clone).stderr == ""


@pytest.mark.parametrize("spoilt", ["killed", "moved"])
def test_an_environment_that_is_not_whole_is_made_anew(clone: Path, spoilt: str) -> None:
    (clone / "requirements.txt").write_text("# nothing\n")
    assert run(clone).returncode == 0
    left_behind = clone / ".venv" / "left behind"
    left_behind.touch()
    if spoilt == "killed":
        (clone / ".venv" / ".complete").unlink()
    else:
        clone = clone.rename(clone.with_name("elsewhere"))
    assert "making a virtual environment" in run(clone).stderr
    assert not (clone / ".venv" / "left behind").exists()


def test_while_pip_works_the_environment_does_not_count_as_whole(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = clone / "mark"
    mark.write_text(bootstrap.HERE)
    for name, value in (("ROOT", clone), ("VENV", clone), ("VENV_PYTHON", sys.executable), ("MARK", mark)):
        monkeypatch.setattr(bootstrap, name, str(value))

    def killed(path: str) -> tuple[str, int]:
        assert not mark.exists()
        return "", -9

    monkeypatch.setattr(bootstrap, "pip_install", killed)
    with pytest.raises(bootstrap.SetupError):
        bootstrap.install("requirements.txt")
    assert not mark.exists()


def test_a_clean_failure_keeps_what_was_installed_before(clone: Path) -> None:
    (clone / "requirements.txt").write_text("# nothing\n")
    assert run(clone).returncode == 0
    (clone / "requirements.txt").write_text("rich==15.0.0 --hash=sha256:" + "0" * 64 + "\n")
    offline = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}
    assert run(clone, **offline).returncode == 1
    (clone / "requirements.txt").write_text("# nothing\n")
    assert run(clone).stderr == ""


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert bootstrap.main("run") == 1
    assert capsys.readouterr().err.startswith("setup: Python 3.11 or later is needed, this is 3.9")


def test_a_python_without_venv_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert bootstrap.main("run") == 1
    assert "lacks the module ensurepip" in capsys.readouterr().err


def test_other_hashes_are_refused_in_words() -> None:
    assert "another hash" in bootstrap.reason(
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."
    )


def test_the_bootstrap_can_be_read_by_old_pythons() -> None:
    import ast

    ast.parse((ROOT / "tools" / "bootstrap.py").read_text(), feature_version=(3, 6))
