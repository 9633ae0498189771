"""The set-up says in one line what is wrong, and a broken start never spoils the next try."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import bootstrap
from tools.vendor import ROOT

pytestmark = pytest.mark.xdist_group("bootstrap")  # they share an environment, for one takes seconds to make
_NOBODY_HAS_IT = "rich==15.0.0 --hash=sha256:" + "0" * 64 + "\n"
_OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1"}


def _clone(folder: Path, requirements: str) -> Path:
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "bootstrap.py", folder / "tools")
    (folder / "requirements.txt").write_text(requirements)
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with a blank in its path that holds what the bootstrap needs, and a requirements file nobody can serve."""
    return _clone(tmp_path / "a clone", _NOBODY_HAS_IT)


@pytest.fixture(scope="module")
def first_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = _clone(tmp_path_factory.mktemp("made") / "a clone", "# nothing\n")
    assert run(folder).returncode == 0
    return folder


@pytest.fixture
def made(first_made: Path) -> Path:
    """A clone whose environment is whole; a file called `left behind` lies in it."""
    assert run(first_made).returncode == 0
    (first_made / ".venv" / "left behind").touch()
    return first_made


def run(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "tools/bootstrap.py", "run"]
    settings = {"PATH": os.environ["PATH"], "HOME": str(clone / "no home"), **environment}
    return subprocess.run(command, cwd=clone, env=settings, capture_output=True, text=True, timeout=110, check=False)


def test_no_network_is_one_clear_line_and_the_next_try_goes_on(clone: Path) -> None:
    for _ in range(2):
        done = run(clone, **_OFFLINE)
        assert done.returncode == 1
        assert done.stderr.strip().splitlines()[-1].startswith("setup: the package index (PyPI) is not in reach")
        assert "Traceback" not in done.stderr
    assert not list((clone / ".venv").glob("*.installed"))


def test_a_clean_failure_keeps_what_was_installed_before(made: Path) -> None:
    (made / "requirements.txt").write_text(_NOBODY_HAS_IT)
    assert run(made, **_OFFLINE).returncode == 1
    (made / "requirements.txt").write_text("# nothing\n")
    assert run(made).stderr == ""
    assert (made / ".venv" / "left behind").exists()


@pytest.mark.parametrize(
    ("spoilt", "is_whole"),
    [("", True), (".complete", False), ("bin/python", False)],
    ids=["whole", "killed", "no python"],
)
def test_only_what_was_finished_counts_as_whole(made: Path, spoilt: str, is_whole: bool) -> None:
    code = "import bootstrap; print(bootstrap.is_whole())"
    parts = made / ".venv", made / ".venv" / "put by"
    if spoilt:
        (parts[0] / spoilt).rename(parts[1])
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=made / "tools", capture_output=True, text=True, check=True
        )
        assert done.stdout == f"{is_whole}\n"
    finally:
        if spoilt:
            parts[1].rename(parts[0] / spoilt)


def test_an_environment_that_was_moved_is_made_anew(made: Path) -> None:
    place = made.rename(made.with_name("elsewhere"))
    try:
        assert "making a virtual environment" in run(place).stderr
        assert not (place / ".venv" / "left behind").exists()
        assert run(place).stderr == ""
    finally:
        place.rename(made)


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


def test_a_folder_of_another_account_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: str, exist_ok: bool) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "makedirs", refuse)
    assert bootstrap.main("run") == 1
    said = capsys.readouterr().err
    assert said.startswith(f"setup: {bootstrap.BUILD} may not be written; another account has made it: `sudo chown -R")
    assert said.count("\n") == 1


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
