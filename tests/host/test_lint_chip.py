"""Lint holds device code and the simulator's stand-ins against the real chip, as its public stubs describe it.

That the stubs are right is not shown here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import vendor
from tools.lint import calls, known, stand_ins, typings
from tools.lint.source import STAND_INS, Source

pytestmark = pytest.mark.xdist_group("typings")


def written(root: Path, name: str, text: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_call_that_only_a_fake_would_answer(tmp_path: Path) -> None:
    lines = [
        ("import machine, network, time, wire", '"wire" could not be resolved'),
        ("network.WLAN(network.STA_IF).frobnicate()", '"frobnicate"'),
        ("machine.frobnicate()", '"frobnicate"'),
        ("time.monotonic()", '"monotonic"'),
        ("time.sleep_ms()", "positional"),
        ("machine.Pin('2', mood=1)", '"mood"'),
        ("network.WLAN(network.STA_IF).isconnected()", None),
    ]
    written(tmp_path, "firmware/hw/x.py", "\n".join(line for line, _ in lines) + "\n")
    found = {finding.line: finding.what for finding in calls.check(tmp_path)}
    for number, (line, words) in enumerate(lines, 1):
        assert words in found[number] if words else number not in found, line


def test_code_between_our_own_modules_is_checked_too(tmp_path: Path) -> None:
    written(tmp_path, "lib/ussl.py", "def use_roots(roots):\n    pass\n")
    written(tmp_path, "firmware/app.py", "import ussl\nfrom firmware import release\nussl.use_roots([])\n")
    written(tmp_path, "firmware/hw/x.py", "import ussl\nfrom firmware import release\nussl.trust()\nrelease.NAME\n")
    found = [finding for finding in calls.check(tmp_path) if "known.py" not in finding.what]
    assert [(finding.path, finding.line) for finding in found] == [("firmware/hw/x.py", 3), ("firmware/hw/x.py", 4)]


def test_an_excuse_that_is_not_needed(tmp_path: Path) -> None:
    written(tmp_path, "lib/ussl.py", "X = 1\n")
    assert ["known.py excuses" in finding.what for finding in calls.check(tmp_path)] == [True]


def test_a_file_that_pyright_does_not_read_is_no_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "lib/x.py", "")
    written(tmp_path, "firmware/x.py", "")
    assert list(calls.check(tmp_path)) == []
    monkeypatch.setattr(calls, "DEVICE", ("firmware",))
    with pytest.raises(RuntimeError, match="pyright"):
        list(calls.check(tmp_path))


def compared(root: Path, module: str, text: str, stub: str) -> list[str]:
    """What lint says of a stand-in `text` where the chip has `stub`."""
    written(root, f"{STAND_INS[0]}{module}.py", text)
    written(root, f"stubs/{module}.pyi", stub)
    return [finding.what for finding in stand_ins.check([], root, root / "stubs")]


@pytest.mark.parametrize(
    ("text", "stub", "what"),
    [
        ("def extra(): pass", "", "time.extra is not on the chip"),
        ("EXTRA = 1", "", "time.EXTRA is not on the chip"),
        ("class A:\n    B = 1", "class A: ...", "time.A.B is not on the chip"),
        ("class A:\n    def f(self): pass", "class A: ...", "time.A.f is not on the chip"),
        ("def f(a, b=0): pass", "def f(a): ...", "takes b as argument 2"),
        ("def f(zone): pass", "def f(a): ...", "takes zone as argument 1"),
        ("def f(a, b): pass", "def f(a, *, b): ...", "takes b as argument 2"),
        ("def f(*, b): pass", "def f(a, /): ...", "takes b by name"),
        ("def f(*, a): pass", "def f(a, /): ...", "takes a by name"),
        ("def f(a): pass", "def f(a=...): ...", "asks for more arguments"),
        ("def g(a): pass\nf = g", "def f(): ...\ndef g(a): ...", "time.f takes a"),
        ("class A:\n    def __init__(self, a): pass", "class A:\n    def __init__(self): ...", "takes a as argument 1"),
    ],
)
def test_a_stand_in_unlike_the_chip(tmp_path: Path, text: str, stub: str, what: str) -> None:
    assert what in "\n".join(compared(tmp_path, "time", text, stub))


@pytest.mark.parametrize(
    ("text", "stub"),
    [
        ("_extra = 1\ndef _f(): pass", ""),
        ("def f(seconds): pass", "def f(s, /): ..."),
        ("def f(a=None): pass", "def f() -> int: ...\ndef f(code, /) -> None: ..."),
        ("def f(*args, **names): pass", "def f(a, /): ...\ndef f(*, b): ..."),
        ("def f(a, *, b=1): pass", "def f(*args, **names): ..."),
        ("class A:\n    @staticmethod\n    def f(a): pass", "class A:\n    @staticmethod\n    def f(a): ..."),
        ("class A:\n    def __init__(self, a): pass", "class A(B): ..."),
        ("F = 1", "F: int"),
    ],
)
def test_a_stand_in_like_the_chip(tmp_path: Path, text: str, stub: str) -> None:
    assert compared(tmp_path, "time", text, stub) == []


def test_an_exception_is_kept_only_while_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "STAND_INS", {("time", "f"): "a reason"})
    assert compared(tmp_path, "time", "def f(a): pass", "def f(): ...") == []
    assert "known.py excuses time.f" in compared(tmp_path, "time", "def f(): pass", "def f(): ...")[0]


def test_device_code_uses_what_the_simulated_chip_lacks(tmp_path: Path) -> None:
    compared(tmp_path, "time", "from clock import ticks_ms\ndef sleep(seconds): pass", "def sleep(seconds): ...")
    uses = "import time\ntime.sleep(1)\ntime.ticks_ms()\ntime.ticks_us()\nfrom time import ticks_cpu\n"
    found = sorted(stand_ins.check([Source.of("lib/x.py", uses)], tmp_path, tmp_path / "stubs"))
    assert [(finding.path, finding.line) for finding in found] == [("lib/x.py", 4), ("lib/x.py", 5)]
    shadowed = Source.of("lib/x.py", "def f(time):\n    time.close()\n")
    assert list(stand_ins.check([shadowed], tmp_path, tmp_path / "stubs")) == []


@pytest.mark.parametrize("pin", [" --hash=sha256:" + "0" * 64, ""])
def test_stubs_with_another_hash_or_none_are_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pin: str
) -> None:
    wanted = written(tmp_path, "stubs.txt", "micropython-esp32-stubs==1.29.0.post1" + pin)
    monkeypatch.setattr(typings, "FOLDER", tmp_path / "typings")
    monkeypatch.setattr(typings, "_WANTED", wanted)
    with pytest.raises(vendor.VendorError, match="stubs cannot be installed"):
        typings.folder()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stubs.txt", "typings.lock"]
