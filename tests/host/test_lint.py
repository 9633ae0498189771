"""Each rule of lint finds a sample that breaks it, and leaves alone one that does not.

What is held against the real chip stands in test_lint_chip.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.lint import commands, habits, imports, layers, purity, sizes
from tools.lint.source import Finding, Source, read

LIB = ("console", "https", "store")


def sample(path: str, text: str) -> Source:
    return Source.of(path, '"""A sample."""\n' + text)


def said(found: list[Finding]) -> str:
    return "\n".join(str(finding) for finding in found)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("firmware/core/x.py", "import time"),
        ("firmware/core/x.py", "import os"),
        ("firmware/core/x.py", "import asyncio"),
        ("firmware/core/x.py", "import socket"),
        ("firmware/core/x.py", "import json, network"),
        ("firmware/core/x.py", "import random"),
        ("firmware/core/x.py", "import https"),
        ("firmware/core/x.py", "import store"),
        ("firmware/core/x.py", "from firmware.hw import wifi"),
        ("firmware/core/x.py", "from firmware import app"),
        ("firmware/core/x.py", "from . import link"),
        ("firmware/core/x.py", "def f():\n    import machine"),
        ("firmware/core/x.py", "import importlib"),
        ("firmware/services/x.py", "import machine"),
        ("firmware/services/x.py", "from firmware.hw.wifi import Wifi"),
        ("firmware/services/x.py", "import os"),
        ("firmware/hw/x.py", "import socket"),
        ("firmware/hw/x.py", "import https"),
        ("firmware/hw/x.py", "from firmware.services import radio"),
        ("firmware/other/x.py", "import json"),
        ("lib/console.py", "import time"),
        ("lib/console.py", "import socket"),
        ("lib/console.py", "import os"),
        ("lib/console.py", "from firmware.core import ssid"),
        ("lib/https.py", "import os"),
        ("lib/https.py", "import network"),
        ("lib/store.py", "import socket"),
        ("boot.py", "from firmware import app"),
        ("main.py", "from firmware.core import link"),
        ("tools/x.py", "from firmware.hw import wifi"),
        ("tools/x.py", "from firmware.services.radio import Radio"),
        ("tools/x.py", "def f():\n    import machine"),
        ("tools/x.py", "from importlib import import_module"),
        ("tools/x.py", "from tests.host import conftest"),
        ("tools/simulator/rom/x.py", "from firmware.core import link"),
        ("tools/simulator/rom/x.py", "import console"),
    ],
)
def test_an_import_over_a_boundary(path: str, text: str) -> None:
    assert "may not import" in said(list(imports.check(sample(path, text), LIB)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("firmware/core/x.py", "import json\nimport console\nfrom firmware.core import link"),
        ("firmware/services/x.py", "import asyncio\nimport https\nimport store\nfrom firmware.core.link import Link"),
        ("firmware/hw/x.py", "import machine\nimport time\nimport store\nfrom firmware.core import joining"),
        ("firmware/app.py", "import os\nfrom firmware import release\nfrom firmware.hw.wifi import Wifi"),
        ("lib/https.py", "import socket\nimport urequests"),
        ("lib/store.py", "import os"),
        (
            "tools/x.py",
            "import socket\nimport console\nfrom importlib.resources import files\nfrom firmware.core import ssid",
        ),
        ("tests/host/x.py", "import importlib.util\nfrom firmware.hw import wifi"),
    ],
)
def test_imports_within_the_boundaries(path: str, text: str) -> None:
    assert said(list(imports.check(sample(path, text), LIB))) == ""


def test_every_special_module_of_lib_is_there() -> None:
    names = {source.path for source in read()[0]}
    assert {f"lib/{name}.py" for name in layers.TRANSPORT | layers.STORE} <= names


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("tools/x.py", "try:\n    f()\nexcept:\n    pass", "names no error"),
        ("tools/x.py", "try:\n    f()\nexcept Exception:\n    pass", "takes every error"),
        ("lib/x.py", "try:\n    f()\nexcept (OSError, BaseException):\n    pass", "takes every error"),
        (
            "firmware/app.py",
            "def relink():\n    try:\n        f()\n    except Exception:\n        pass",
            "takes every error",
        ),
        ("lib/x.py", "def f(a: int):\n    pass", "no type hints"),
        ("lib/x.py", "def f() -> int:\n    pass", "no type hints"),
        ("lib/x.py", "X: int = 1", "no type hints"),
        ("lib/x.py", "def f(text):\n    print(text)", "print belongs in: lib/console.py"),
        ("lib/x.py", "say = print", "print belongs in"),
        ("firmware/core/x.py", "def f():\n    open('x')", "open belongs in"),
        ("firmware/core/x.py", "def f(name):\n    return __import__(name)", "__import__ belongs in: nowhere"),
        ("firmware/core/x.py", "def f(text):\n    exec(text)", "exec belongs in: nowhere"),
        ("firmware/core/__init__.py", "", "namespace packages"),
        ("lib/logging.py", "", "named like a module of CPython"),
    ],
)
def test_a_broken_habit(path: str, text: str, what: str) -> None:
    assert what in said(list(habits.check(sample(path, text))))


def test_a_file_that_does_not_say_what_it_is() -> None:
    assert "opens by saying" in said(list(habits.check(Source.of("tools/x.py", "X = 1\n"))))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "firmware/services/supervisor.py",
            "async def _forever():\n    try:\n        f()\n    except Exception:\n        pass",
        ),
        ("tools/x.py", "try:\n    f()\nexcept BaseException:\n    undo()\n    raise"),
        ("tools/x.py", "def f(a: int) -> None:\n    print(a)"),
        ("lib/console.py", "def f(a):\n    print(a)"),
        ("main.py", "print('too old')"),
    ],
)
def test_habits_that_are_kept(path: str, text: str) -> None:
    assert said(list(habits.check(sample(path, text)))) == ""


@pytest.mark.parametrize(
    "text",
    [
        "f()",
        "X = f()",
        "X = [machine.Pin(2)]",
        "for i in range(3):\n    pass",
        "if True:\n    import x",
        "import sys\nsys.path[:] = []",
        "import x\nx.y = 1",
        "class A:\n    pin = machine.Pin(2)",
        "class A(made()):\n    pass",
        "def f(a=g()):\n    pass",
        "def f(*, a=g()):\n    pass",
        "@micropython.native\ndef f():\n    pass",
    ],
)
def test_a_module_that_does_something_at_import(text: str) -> None:
    assert "purity" in said(list(purity.check(sample("lib/x.py", text))))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("lib/x.py", "import x\n_A = const(1)\nB = {1: (2, len('x'))}\nC = lambda: f()\n\n\ndef f(a=1):\n    g()"),
        ("lib/x.py", "class A(E):\n    B = 1\n\n    @property\n    def c(self):\n        return f()"),
        ("boot.py", "import sys\nwhile f():\n    sys.path.remove('x')"),
        ("tools/x.py", "app = make()"),
    ],
)
def test_modules_that_only_define(path: str, text: str) -> None:
    assert said(list(purity.check(sample(path, text)))) == ""


@pytest.mark.parametrize(
    ("path", "text", "what"),
    [
        ("lib/x.py", "x = 1\n" * 250, "251 lines"),
        ("lib/x.py", "def f():\n" + "    x = 1\n" * 40, "f has 41 lines"),
        ("lib/x.py", "async def f():\n" + "    x = 1\n" * 40, "f has 41 lines"),
        ("firmware/core/a/x.py", "", "folders deep"),
    ],
)
def test_what_is_too_large(path: str, text: str, what: str) -> None:
    assert what in said(list(sizes.check(sample(path, text))))


def test_what_is_just_small_enough() -> None:
    text = "def f():\n" + "    x = 1\n" * 39
    assert said(list(sizes.check(sample("tools/lint/x.py", text + "x = 1\n" * (249 - 40))))) == ""


def test_what_is_too_large_on_the_whole() -> None:
    long = [sample("lib/x.py", "x = 1\n" * 119), sample("lib/y.py", "def f():\n" + "    x = 1\n" * 120)]
    found = said(list(sizes.check_medians(long)))
    assert "all files" in found and "all functions" in found
    assert said(list(sizes.check_medians([sample("lib/x.py", "def f():\n    pass\n")]))) == ""


def test_a_file_that_mpy_cross_refuses() -> None:
    found = list(commands.compiles(sample("lib/x.py", "def f(a, /):\n    return a\n")))
    assert [(finding.path, finding.line) for finding in found] == [("lib/x.py", 2)]
    assert said(list(commands.compiles(sample("lib/x.py", "async def f(a):\n    return await a\n")))) == ""


def test_a_file_that_is_no_python(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "x.py").write_text("a = 1\nb = = 2\n")
    sources, broken = read(tmp_path)
    assert not sources and [(finding.path, finding.line) for finding in broken] == [("lib/x.py", 2)]


def test_ruff_is_asked_for_style_and_format(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("import os\na = [1,2]\n")
    found = said(sorted(commands.ruff(tmp_path)))
    assert "x.py:1: ruff F401" in found and "x.py:2: ruff unformatted" in found


def test_a_ruff_that_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_text("no such setting = 1\n")
    with pytest.raises(RuntimeError, match="ruff check"):
        list(commands.ruff(tmp_path))
