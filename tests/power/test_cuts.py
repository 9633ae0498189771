"""Power cut at every flash operation of every transition: old state or new state, and the life goes on to the link.

The suite itself is held to known faults of the store: with each of them it must fail.
"""

from __future__ import annotations

import pytest

from tools.build import Change
from tools.soak import power

pytestmark = pytest.mark.timeout(400)  # a minute at most on an idle machine, but machines are not always
# "the identity is damaged" has the fewest: what it boots with has its sum already.
_LEAST_POINTS = 5
_STORE = "lib/store.py"
_ALL = 'paths = [self._path + ending for ending in ("", _PART, _OLD)]'
FAULTS: dict[str, tuple[str, list[Change]]] = {
    "removes, then renames": (
        "another network",
        [
            (
                _STORE,
                "        self._write(record, found)\n        self._commit(found)",
                "        self._remove()\n        self._write(record, found)\n        self._commit({})",
            ),
        ],
    ),
    "skips the check sum": (
        "a bit flips",
        [(_STORE, 'if data[end:] != b"%08x"', 'if not data and data[end:] != b"%08x"')],
    ),
    "keeps one generation": ("another network", [(_STORE, _ALL, "paths = [self._path]")]),
}


@pytest.mark.parametrize("transition", power.TRANSITIONS)
def test_every_cut_leaves_the_old_state_or_the_new_one(transition: str) -> None:
    found = power.cut(transition)
    print(f"{transition}: {found.points} cut points, {found.cuts} cuts")
    assert not found.faults
    assert found.points >= _LEAST_POINTS
    assert found.cuts == 3 * found.points


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_with_a_known_fault_is_found_out(fault: str) -> None:
    transition, changes = FAULTS[fault]
    assert power.cut(transition, changes).faults
