"""The device's file tree: complete, the same each time, and every file of it is one that MicroPython loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import build, vendor


def test_the_tree_is_complete_and_the_same_each_time() -> None:
    tree = build.device_tree()
    assert tree == build.device_tree()
    assert {"/boot.py", "/main.py", "/firmware/app.mpy", "/firmware/release.mpy", "/lib/urequests/__init__.mpy"} <= set(
        tree
    )
    assert len([path for path in tree if path.startswith("/certs/")]) == len(vendor.lock()["root"])
    assert all(content[:2] == b"M\x06" for path, content in tree.items() if path.endswith(".mpy"))


def test_nothing_else_gets_onto_the_device() -> None:
    assert not [path for path in build.device_tree() if "unittest" in path or "tools" in path or path.endswith(".toml")]


def test_a_compile_error_is_one_line_with_its_place() -> None:
    with pytest.raises(build.BuildError, match=r"^firmware/x\.py:2: SyntaxError"):
        build.compiled(b"a = 1\nb = = 2\n", "firmware/x.py")


def test_another_compiler_compiles_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(build, "_CACHE", tmp_path)
    build.compiled(b"a = 1\n", "x.py")
    build.compiled(b"a = 1\n", "x.py")
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(build, "_compiler", lambda: b"another")
    build.compiled(b"a = 1\n", "x.py")
    assert len(list(tmp_path.iterdir())) == 2


def test_the_time_of_the_build_is_the_one_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert "BUILT_AT_S = 1700000000\n" in build.release()


def test_without_git_the_newest_source_dates_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("PATH", "")
    newest_s = int(max(path.stat().st_mtime for path in vendor.ROOT.glob("firmware/**/*.py")))
    assert f"BUILT_AT_S = {newest_s}\n" in build.release()
