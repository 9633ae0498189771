"""The device's file tree: complete, the same each time, and every file of it is one that MicroPython loads."""

from __future__ import annotations

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


def test_our_code_fits_its_budget() -> None:
    """At most 48 kB of .mpy of ours, 72 kB with third parties: the bounds of the device's flash and RAM plan."""
    tree = {path: len(content) for path, content in build.device_tree().items() if path.endswith(".mpy")}
    assert sum(size for path, size in tree.items() if "urequests" not in path) <= 48 * 1024
    assert sum(tree.values()) <= 72 * 1024


def test_a_changed_archive_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    entry = {**vendor.lock()["module"][0], "sha256": "0" * 64}
    with pytest.raises(vendor.VendorError, match="not used"):
        vendor._fetch(entry)
