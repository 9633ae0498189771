"""Power cuts everywhere: each transition of a scale's life, cut at every flash operation in every way.

After each cut the scale boots and is in the old state or the new one; then its life goes on until it is linked.
"""

from life import clock
from life.desk import IDENTITY, KEY, SSID, TOKEN, WIFI, Desk
from life.flash import DROPPED, HALF, TORN
from life.records import sealed

_DARK_MS = 5_000
_SETTLED_MS = 90_000
_LINKED_MS = 16 * 60_000
_MAX_POINTS = 200


class _Transition:
    """One way from a state of the flash to another: `files` to begin with, `steps(desk)` that bring it about.

    `claims` tells whether the app claims at once; `between` is a state that two records may pass through.
    """

    def __init__(self, files, steps, claims=False, between=None):
        self.files = files
        self.steps = steps
        self.claims = claims
        self.between = between


def _just_wait(desk):
    yield _SETTLED_MS


def _set_up(desk):
    for _ in range(10):
        yield 5_000
        if (yield from desk.phone.set_up(SSID, KEY)):
            break
    yield 30_000


def _late_claim(desk):
    yield 60_000
    desk.app_claims()
    yield 60_000


def _hold(desk):
    yield 5_000
    desk.board.move_button(True)
    yield 12_000
    desk.board.move_button(False)
    yield 30_000


def _soft_reset(desk):
    yield 5_000
    desk.board.reset(5)
    yield 30_000


def _expire(desk):
    for _ in range(12):
        yield 60_000


_LINKED = {"linked": True, "thing_id": "thing-0001", "linked_at_s": 1_790_000_000}
_NEW = {"/identity.json": IDENTITY}
_BY_HAND = dict(_NEW, **{"/wifi.json": WIFI})
_OWNED = dict(_BY_HAND, **{"/state.json": _LINKED})
_MOVED = dict(_NEW, **{"/wifi.json": sealed(3, {"ssid": "The old flat", "key": "0ld-k3y-of-the-flat"})})
# One bit of the key flipped in flash: still JSON, still a key, and wrong.
_DAMAGED = sealed(5, WIFI).replace(b"h0me-k3y-corr", b"h0me-k3y-corp")
_ROTTEN = dict(_NEW, **{"/wifi.json": _DAMAGED, "/wifi.json.old": sealed(4, WIFI)})
_MISTAKEN = {
    "/identity.json": sealed(1, IDENTITY).replace(TOKEN.encode(), TOKEN.upper().encode()),
    "/identity.json.old": IDENTITY,
}
# As a firmware wrote it whose records had other fields; `tools/soak/power.py` has the newer one.
_OF_OLD = dict(_NEW, **{"/wifi.json": sealed(3, {"name": SSID.decode(), "key": KEY.decode()})})
TRANSITIONS = {
    "first boot": _Transition(_NEW, _just_wait),
    "set up through the page": _Transition(_NEW, _set_up),
    "files written by hand": _Transition(_BY_HAND, _just_wait),
    "linked": _Transition(_BY_HAND, _just_wait, claims=True),
    "linked, the app late": _Transition(_BY_HAND, _late_claim),
    "another network": _Transition(_MOVED, _set_up),
    "expired": _Transition(_BY_HAND, _expire),
    "boots linked": _Transition(_OWNED, _just_wait),
    "forgotten by the button": _Transition(_OWNED, _hold, between=[WIFI, False]),
    "soft reset": _Transition(_BY_HAND, _soft_reset),
    "a bit flips": _Transition(_ROTTEN, _just_wait),
    "the identity is damaged": _Transition(_MISTAKEN, _set_up),
    "a newer firmware's records": _Transition(_OF_OLD, _set_up),
}


def run(factory, transition, today_s, ways=(DROPPED, HALF, TORN)):
    """Cut one transition everywhere; returns the cut points, the cuts, and what went wrong."""
    plan = TRANSITIONS[transition]
    whole = _attempt(factory, plan, today_s, None, None)
    states = whole["states"] + [plan.between]
    cuts, faults = 0, list(whole["faults"])
    points = whole["operations"]
    for nth in range(1, min(points, _MAX_POINTS) + 1):
        for way in ways:
            one = _attempt(factory, plan, today_s, nth, way)
            cuts += one["cuts"]
            faults += [f"cut at {nth}, {way}: {fault}" for fault in one["faults"]]
            if one["after"] not in states:
                faults.append(f"cut at {nth}, {way}: neither old nor new, but {one['after']}")
    return {"transition": transition, "points": points, "cuts": cuts, "faults": faults[:20]}


def _attempt(factory, plan, today_s, nth, way):
    """Go through the transition once, with a cut or, when `nth` is None, without."""
    desk = Desk(factory, nth or 0, today_s)
    desk.provision(plan.files)
    found = {"faults": [], "after": None, "cuts": 0, "states": [_state(desk)]}
    began = desk.board.flash.operations
    if nth is not None:
        desk.board.cut_power_at(nth, way)
    desk.on_power_lost = lambda: clock.after(_DARK_MS, lambda: _wake(desk, found))
    clock.play(_life(desk, plan, found, began))
    desk.run()
    found["cuts"] = desk.power_cuts
    return found


def _wake(desk, found):
    found["after"] = _seen(desk, found)
    desk.plug()


def _life(desk, plan, found, began):
    steps = plan.steps(desk)
    if plan.claims:
        desk.app_claims()
    for ms in steps:
        yield ms
        if desk.power_cuts:
            break
        if desk.is_plugged and (state := _seen(desk, found)) != found["states"][-1]:
            found["states"].append(state)
    found["operations"] = desk.board.flash.operations - began
    desk.board.flash.no_cut()
    while not desk.is_plugged:
        yield 1_000
    if found["after"] is None:
        found["after"] = _seen(desk, found)
    yield from _go_on(desk, found)
    desk.stop()


def _go_on(desk, found):
    """The world is well: whatever is missing is given again, and the scale links."""
    yield 1_000
    if not desk.is_linked():
        desk.board.reset(2)  # the expired state wants a power-on
        yield 1_000
        desk.app_claims()
    for _ in range(8):
        if desk.record("/wifi.json") == WIFI or (yield from desk.phone.set_up(SSID, KEY)):
            break
        yield 10_000
    for _ in range(_LINKED_MS // 10_000):
        if desk.is_linked():
            return
        yield 10_000
    found["faults"].append("never linked afterwards: " + " / ".join(desk.story[-3:]))


def _seen(desk, found):
    """The state, or None where that is a fault."""
    try:
        return _state(desk)
    except ValueError as error:
        found["faults"].append(error.args[0])
        return None


def _state(desk):
    """What the flash says, for comparison. Raises ValueError when a record cannot be read, or the identity is lost."""
    reader = desk.reader()
    if reader.record("/identity.json") != IDENTITY:
        raise ValueError("the identity is lost")
    state = reader.record("/state.json") or {}
    return [reader.record("/wifi.json"), bool(state.get("linked"))]
