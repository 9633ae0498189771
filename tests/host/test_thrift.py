"""What the build does to a module to save the chip memory: private names alone are touched, and no line moves."""

from __future__ import annotations

import pytest

from tools import build
from tools.thrift import keywords, thrifty, without


def test_a_private_constant_leaves_no_name_on_the_device() -> None:
    refused = '_ALMOST = 1 + x\n_WORD = "w\\n"\nPUBLIC = 6\n_LIST = [7]\n'
    taken = '_TEXT = "text"\n_HERE = 5  # five\n\n\ndef five():\n    return _HERE, _TEXT\n'
    made = build.compiled(thrifty(refused + taken).encode(), "sample.py")
    assert not any(name in made for name in (b"_HERE", b"_TEXT"))
    assert all(name in made for name in (b"_ALMOST", b"_WORD", b"PUBLIC", b"_LIST"))


def test_private_names_get_short_ones_wherever_they_stand_and_others_stay() -> None:
    source = (
        "class Scale:\n    def __init__(self, _kept):\n        self._serial = _kept\n        self.shown = f'{self._serial}!'\n"
        "    def _private_step(self):\n        return other._theirs\n"
    )
    made = thrifty(source)
    assert "_serial" not in made and "_kept" not in made and "_private_step" not in made
    assert "other._theirs" in made and "__init__" in made and "self.shown" in made
    assert made.count("\n") == source.count("\n")
    scope: dict[str, type] = {}
    exec(made, scope)
    assert scope["Scale"]("7KM").shown == "7KM!"


def test_a_short_name_never_takes_the_place_of_one_that_is_there() -> None:
    scope: dict[str, tuple[int, int]] = {}
    exec(thrifty("_a = 1\ndef _long(): return 2\nboth = _a, _long()\n"), scope)
    assert scope["both"] == (1, 2)


def test_a_name_that_a_text_holds_stays() -> None:
    assert "_step" in thrifty("def _step(): pass\nnames = 'a _step b'\n")


def test_what_is_left_out_is_gone_and_the_rest_works() -> None:
    source = (
        "TABLE = {}\nclass A:\n    def used(self): return 1\n    def unused(self): return TABLE\ndef gone(): pass\n"
    )
    made = without(source, ["A.unused", "gone", "TABLE"])
    assert "unused" not in made and "gone" not in made and "TABLE" not in made
    scope: dict[str, type] = {}
    exec(made, scope)
    assert scope["A"]().used() == 1


def test_a_name_to_leave_out_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        without("def f(): pass\n", ["g"])


def test_parameters_get_short_names_where_they_mean_nothing_else() -> None:
    source = (
        "from package import module\nseen = 3\n"
        "def fünf(first, second, module, seen, named, shown, len):\n"
        "    return first.first + sum(second for second in [first]), lambda first: second, f'{shown}', module, seen, named, len\n"
    )
    made = thrifty(source, {"named"})
    assert "first.first" not in made and ".first" in made and "second" not in made
    for kept in ("module, seen, named, shown, len)", "import module", "seen = 3", "f'{shown}'"):
        assert kept in made
    assert made.count("\n") == source.count("\n")


def test_keywords_are_found_in_every_call() -> None:
    assert keywords(["f(a=1, *b, **c)", "def g(d=2): return h(e=3)"]) == {"a", "e"}
