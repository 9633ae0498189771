"""Plays a script of radio calls to this simulator's radio, so that a test can hold the answers against the other's.

It knows no board and no firmware.
"""

from life import air
from life.shared import Radio, RadioError, Timing

_MAC = b"\x24\x0a\xc4\x00\x00\x01"


def run(factory, calls, today_s):
    """Make `calls`, each [ms, action, interface, details], or [ms, field of the home router, None, value]."""
    ether = air.Ether()
    home = ether.add(air.Network(b"home", b"password1", channel=11))
    radio = Radio(ether, _MAC, Timing())
    return {"answers": [_answer(ether, home, radio, *call) for call in calls]}


def _answer(ether, home, radio, ms, action, interface, details):
    if interface is None:
        ether.change(home, **{action: details})
        return None
    try:
        return radio.call(action, interface, ms, **details)
    except (RadioError, ValueError, RuntimeError) as error:
        return [type(error).__name__, error.args[0]]
