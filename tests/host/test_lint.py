"""Each lint rule finds a sample that breaks it, and the project itself is clean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.lint import chip, source

Tree = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Makes a project with one file at `name`; it opens with a docstring as every file does."""

    def make(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('"""A sample."""\n' + text)
        return tmp_path

    return make


def found(root: Path) -> list[str]:
    """The findings of the source checks, without the path."""
    return [f"{finding.rule}: {finding.what}" for finding in source.check(root)]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("firmware/core/x.py", "import time", "firmware/core/ may not import time"),
        ("firmware/core/x.py", "def f():\n    import network", "firmware/core/ may not import network"),
        ("firmware/core/x.py", "import https", "firmware/core/ may not import https"),
        ("firmware/core/x.py", "import asyncio", "firmware/core/ may not import asyncio"),
        ("firmware/core/x.py", "from firmware.hw import wifi", "may not import firmware.hw"),
        ("firmware/core/x.py", "from firmware import app", "may not import firmware.app"),
        ("firmware/services/x.py", "import machine", "firmware/services/ may not import machine"),
        ("firmware/services/x.py", "from firmware.hw.wifi import Wifi", "may not import firmware.hw.wifi"),
        ("firmware/hw/x.py", "from firmware.services import radio", "may not import firmware.services"),
        ("firmware/hw/x.py", "import socket", "firmware/hw/ may not import socket"),
        ("lib/x.py", "from firmware.core import ssid", "lib/ may not import firmware.core"),
        ("lib/x.py", "import os", "lib/ may not import os"),
        ("lib/x.py", "import network", "lib/ may not import network"),
        ("lib/x.py", "def f(name):\n    return __import__(name)", "lib/ may not import __import__()"),
        ("tools/x.py", "from firmware.hw import wifi", "tools may not import firmware.hw"),
        ("firmware/other/x.py", "", "belongs to no layer"),
    ],
)
def test_layers(tree: Tree, name: str, text: str, said: str) -> None:
    assert any(said in finding for finding in found(tree(name, text)))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("def f():\n    try:\n        g()\n    except:\n        pass", "except: a bare except"),
        ("def f():\n    try:\n        g()\n    except Exception:\n        pass", "except: except Exception"),
        ("def f(x: int):\n    pass", "hints: f() carries"),
        ("X: int = 1", "hints: device code"),
        ("print('hello')", "import time"),
        ("for i in range(3):\n    pass", "import time"),
        ("x = 1\n" * 260, "size: 261 lines"),
        ("def f():\n" + "    x = 1\n" * 41, "size: f() has 42 lines"),
    ],
)
def test_habits(tree: Tree, text: str, rule: str) -> None:
    assert any(finding.startswith(rule) for finding in found(tree("firmware/core/x.py", text)))


def test_a_lib_module_named_like_the_standard_library(tree: Tree) -> None:
    assert any("CPython's standard library" in finding for finding in found(tree("lib/logging.py", "")))


def test_a_file_without_a_docstring(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "x.py").write_text("x = 1\n")
    assert any(finding.startswith("docstring") for finding in found(tmp_path))


def test_a_file_that_does_not_compile(tree: Tree) -> None:
    findings = [
        str(finding) for finding in chip.compiles(tree("lib/x.py", "async def f():\n    yield from g()\nx = = 1\n"))
    ]
    assert findings and findings[0].startswith("lib/x.py:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import network\n\n\ndef f():\n    network.WLAN(0).frobnicate()\n", "frobnicate"),
        ("import machine\n\n\ndef f():\n    machine.power_on()\n", "power_on"),
        ("import wire\n", "wire"),
    ],
)
def test_a_call_that_only_our_fakes_would_have(tree: Tree, text: str, said: str) -> None:
    assert any(said in finding.what for finding in chip.calls(tree("firmware/hw/x.py", text)))


def test_a_stand_in_that_has_more_than_the_chip(tree: Tree) -> None:
    for module in chip._STAND_INS:
        root = tree(f"tools/simulator/rom/{module}.py", "def extra():\n    pass\n")
    assert len([finding for finding in chip.stand_ins(root) if "has no extra" in finding.what]) == len(chip._STAND_INS)


def test_a_stand_in_with_other_parameters(tree: Tree) -> None:
    for module in chip._STAND_INS:
        root = tree(f"tools/simulator/rom/{module}.py", "")
    tree("tools/simulator/rom/ntptime.py", "def settime(zone):\n    pass\n")
    assert [finding.what for finding in chip.stand_ins(root)] == ["the chip's ntptime.settime has no parameter zone"]
