"""A few seeded lives in a world that goes wrong at random keep every rule, and the soak finds the faults it must find.

Many more run under `make soak`.
"""

from __future__ import annotations

import pytest

from tools.soak import known_faults, seeds
from tools.soak.bench import Bench
from tools.soak.known_faults import KnownFault

pytestmark = pytest.mark.timeout(400)  # a minute at most on an idle machine, but machines are not always
_DAYS = 1
# Enough to be caught by: the others stand in docs/soak.md.
_SHOWN = [
    fault for fault in known_faults.FAULTS if fault.rule in ("AccessPointIsDown", "KeepsSecrets", "IdentityStays")
]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_seeded_life_keeps_every_rule(seed: int) -> None:
    with Bench(seeds.FEWER_WAKES) as bench:
        life = bench.ask("soak", seed=seed, days=_DAYS)
        assert bench.stray == []
    assert life["violations"] == []
    assert life["days"] >= _DAYS


def test_the_firmware_as_built_keeps_every_rule() -> None:
    with Bench() as bench:
        assert bench.ask("soak", seed=5, days=0.2)["violations"] == []


def test_a_seed_is_the_same_life_each_time_with_its_story_or_without() -> None:
    with Bench(seeds.FEWER_WAKES) as bench:
        first = bench.ask("soak", seed=6, days=0.2)
        bench.ask("soak", seed=7, days=0.2)
        again = bench.ask("soak", seed=6, days=0.2)
        other = bench.ask("soak", seed=8, days=0.2)
    told = seeds.told(6, 0.2, seeds.FEWER_WAKES)
    assert first["transcript"] == again["transcript"] == told["transcript"] != other["transcript"]
    assert any("is well" in line for line in told["story"])


@pytest.mark.parametrize("fault", _SHOWN, ids=[fault.rule for fault in _SHOWN])
def test_a_known_fault_of_the_firmware_is_found_out(fault: KnownFault) -> None:
    life = seeds.told(fault.seed, 2 * _DAYS, (fault.change, *seeds.FEWER_WAKES))
    assert [rule for rule, _ in life["violations"]][:1] == [fault.rule]
