"""Both simulators answer the same radio calls alike, misleading answers included."""

from __future__ import annotations

import json
from typing import Any

from tools.simulator.ether import Ether, Network
from tools.simulator.radio import AP, STA, Radio
from tools.simulator.station import RadioError, Timing
from tools.soak.bench import Bench

_MAC = b"\x24\x0a\xc4\x00\x00\x01"
_HOME = {"ssid": "home", "key": "password1"}
_STATUS = ("status", STA, {"param": None})
_UP = ("isconnected", STA, {})
_SCAN = ("scan", STA, {})
# After how many ms, what is asked; or which field of the home router changes.
_SCRIPT: list[tuple[int, str, int | None, Any]] = [
    (0, "connect", STA, _HOME),
    (0, *_SCAN),
    (0, "active", STA, {"wanted": True}),
    (0, *_SCAN),
    (0, "write_config", STA, {"settings": {"reconnects": 0}}),
    (10, "connect", STA, {"ssid": "nowhere", "key": "password1"}),
    (10, *_SCAN),
    (10, "connect", STA, _HOME),
    (3000, *_STATUS),
    (0, "connect", STA, _HOME),
    (0, *_STATUS),
    (500, *_UP),
    (500, *_UP),
    (0, *_STATUS),
    (0, "ifconfig", STA, {}),
    (0, "active", AP, {"wanted": True}),
    (0, "write_config", AP, {"settings": {"ssid": "Scale", "key": "password"}}),
    (0, "read_config", AP, {"name": "security"}),
    (0, "read_config", AP, {"name": "channel"}),
    (0, "write_config", AP, {"settings": {"security": 3, "key": "short"}}),
    (0, "write_config", AP, {"settings": {"channel": 13}}),
    (0, "status", AP, {"param": "stations"}),
    (0, "on", None, False),
    (1000, *_UP),
    (7000, *_UP),
    (0, *_STATUS),
    (0, "on", None, True),
    (0, "dhcp", None, False),
    (0, "connect", STA, _HOME),
    (60000, *_STATUS),
    (0, "disconnect", STA, {}),
    (0, "connect", STA, _HOME),
    (1000, "connect", STA, {"ssid": "home", "key": "wrong key"}),
    (5000, *_STATUS),
    (0, "read_config", AP, {"name": "key"}),
]


def test_both_simulators_have_one_radio() -> None:
    now_ms, calls = 1000, []
    for ms, *call in _SCRIPT:
        now_ms += ms
        calls.append([now_ms, *call])
    with Bench() as bench:
        alike = bench.ask("alike", calls=calls)["answers"]
    assert alike == json.loads(json.dumps(_answers(calls)))
    assert len({json.dumps(answer) for answer in alike}) > 12


def _answers(calls: list[list[Any]]) -> list[Any]:
    ether = Ether()
    home = ether.add(Network(b"home", b"password1", channel=11))
    radio = Radio(ether, _MAC, Timing())
    return [_answer(home, radio, *call) for call in calls]


def _answer(home: Network, radio: Radio, ms: int, action: str, interface: int | None, details: Any) -> Any:
    if interface is None:
        setattr(home, action, details)
        return None
    try:
        return radio.call(action, interface, ms, **details)
    except RadioError as error:
        return ["OSError" if type(error) is OSError else "RadioError", error.args[0]]
    except (ValueError, RuntimeError) as error:
        return [type(error).__name__, error.args[0]]
