"""A day of outage of one part of the world, then health: how long until the scale is linked, or back in its network.

The random part of the waits makes each run another one, so several are made of each.
"""

from life import clock, program, troubles
from life.desk import IDENTITY, KEY, WIFI, Desk

_DAY_MS = 86_400_000
_LOOK_MS = 1_000
_PATIENCE_MS = 2 * 3_600_000
_LINKED = {"linked": True, "thing_id": "thing-0001", "linked_at_s": 1_790_000_000}


def _fault(what):
    def begin(desk, dice):
        desk.cloud.fault = what

    return begin


OUTAGES = {
    "router off": troubles.BEGINNINGS["router off"],
    "router has a new key, then the old one": troubles.BEGINNINGS["router has a new key"],
    "router gives no address": troubles.BEGINNINGS["router gives no address"],
    "internet line down": troubles.BEGINNINGS["internet line down"],
    "name server dead": troubles.BEGINNINGS["name server dead"],
    "clock service silent": troubles.BEGINNINGS["clock service silent"],
    "platform: 503": _fault(503),
    "platform: 429, Retry-After 3600": _fault((429, "3600")),
    "platform: certificate of another host": _fault("host"),
}


def run(factory, outage, seed, today_s):
    """Return the ms from health to linked for a new scale, and to an address for a linked one; None if over 2 h."""
    return {
        "outage": outage,
        "to_linked_ms": _recovery_ms(factory, outage, seed, today_s, False),
        "to_joined_ms": _recovery_ms(factory, outage, seed, today_s, True),
    }


def _recovery_ms(factory, outage, seed, today_s, is_linked):
    desk = Desk(factory, seed, today_s, program.known(factory))
    desk.first_key = KEY
    files = {"/identity.json": IDENTITY, "/wifi.json": WIFI}
    if is_linked:
        files["/state.json"] = _LINKED
    desk.provision(files)
    found = []
    # The board starts a little later with each seed, so that its timers lie elsewhere when health comes.
    clock.play(_day(desk, outage, is_linked, found))
    desk.run()
    return found[0]


def _day(desk, outage, is_linked, found):
    OUTAGES[outage](desk, desk.dice)
    yield _DAY_MS + desk.dice.below(300_000)
    troubles.end_all(desk, False)
    if not is_linked:
        desk.app_claims()
    began_ms = clock.now_ms()
    while clock.now_ms() - began_ms < _PATIENCE_MS:
        if desk.board.radio.station.has_address(clock.now_ms()) if is_linked else desk.is_linked():
            found.append(clock.now_ms() - began_ms)
            break
        yield _LOOK_MS
    else:
        found.append(None)
    desk.stop()
