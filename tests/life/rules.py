"""What must never happen, each a small class: those about how the board behaves to the world, and the list of all.

A rule that is broken says so through `desk.break_rule`, which ends the desk's world.
"""

from life import clock
from life.board_rules import IdentityStays, MemoryStays, SparesTheFlash, StateIsReadable, WatchdogSleeps
from life.desk import THING
from life.rule import Rule

_MINUTE_MS = 60_000
FAREWELL_MS = _MINUTE_MS
PRESSED_MS = 10 * _MINUTE_MS
_SLACK_MS = 35_000  # a blocked step of the firmware: a call with a dead name server, or a search
WELL_MS = 16 * _MINUTE_MS


class OneOwnerOfTheRadio(Rule):
    """3: nobody connects or searches while a connection is on its way."""

    def __init__(self, desk):
        super().__init__(desk)
        self._serve = desk.board.radio.call
        desk.board.radio.call = self._call

    def _call(self, action, interface, now_ms, **details):
        station = self.desk.board.radio.station
        if action in ("connect", "scan") and station.busy(now_ms):
            self.broken(f"{action} while the station is joining")
        elif action == "connect" and station._wanted is not None:
            self.broken("connect before the last connection was given up")
        return self._serve(action, interface, now_ms, **details)


class KeepsTheSchedule(Rule):
    """4: link calls are no more than the schedule allows."""

    _LIMITS = ((_MINUTE_MS, 40), (10 * _MINUTE_MS, 110), (60 * _MINUTE_MS, 260))

    def __init__(self, desk):
        super().__init__(desk)
        self._moments = []

    def life_begins(self):
        # Each power-on and each reset may ask at once; what is bounded is one life's calls.
        self._moments = []

    def called(self):
        now_ms = clock.now_ms()
        if self.desk.script.has_ordered():
            self._moments = []  # the platform itself says how often, ten times in a row a second apart if it likes
        self._moments.append(now_ms)
        self._moments = [ms for ms in self._moments if now_ms - ms < 60 * _MINUTE_MS]
        for span_ms, limit in self._LIMITS:
            count = len([ms for ms in self._moments if now_ms - ms < span_ms])
            if count > limit:
                self.broken(f"{count} calls in {span_ms // 1000} s")
        ordered_ms = self.desk.script.ordered_until_ms()
        if now_ms < ordered_ms - _MINUTE_MS and self.desk.board.began_ms < self.desk.script.ordered_at_ms:
            self.broken(f"called {(ordered_ms - now_ms) // 1000} s before the platform's wait was over")


class KeepsSecrets(Rule):
    """5: no secret on the console, on the page, or in a file that is not made for it."""

    _OWN = ("/identity.json", "/wifi.json")
    _looked_at = -1

    def heard_line(self, text):
        if any(secret in text for secret in self.desk.secrets):
            self.broken("a secret on the console")

    def shown(self, data):
        if any(secret.encode() in data for secret in self.desk.secrets):
            self.broken("a secret on the page")

    def look(self):
        if self._looked_at == self.desk.board.flash.operations:
            return
        self._looked_at = self.desk.board.flash.operations
        reader = self.desk.reader()
        for path in reader.names():
            if path.startswith(self._OWN) or path.endswith((".mpy", ".der", ".py", ".gz", ".html")):
                continue
            data = reader.raw(path)
            if any(secret.encode() in data for secret in self.desk.secrets):
                self.broken(f"a secret in {path}")


class AccessPointIsDown(Rule):
    """6: a linked scale is on the air only for a minute after the link, and for ten after the button."""

    def __init__(self, desk):
        super().__init__(desk)
        self._linked_ms = self._began_ms = 0

    def life_begins(self):
        self._began_ms = clock.now_ms()

    def heard_line(self, text):
        if text.startswith("link: linked"):
            self._linked_ms = clock.now_ms()

    def look(self):
        point = self.desk.board.radio.access_point
        now_ms = clock.now_ms()
        if not (self.desk.board.is_powered and point.active and self.desk.is_linked()):
            return
        allowed_ms = max(self._linked_ms + FAREWELL_MS, self.desk.script.pressed_ms + PRESSED_MS, self._began_ms)
        if now_ms > allowed_ms + _SLACK_MS:
            self.broken(f"the access point is up {(now_ms - allowed_ms) // 1000} s too long")


class LinkIsTrue(Rule):
    """The flash says linked only when the platform has said so, as the thing it named, since it said otherwise."""

    _ON_THE_WAY_MS = 5 * _MINUTE_MS  # from the platform's answer to the flash, drop by drop if need be

    def __init__(self, desk):
        super().__init__(desk)
        self._said_ms = None

    def said_linked(self):
        self._said_ms = clock.now_ms()

    def look(self):
        try:
            state = self.desk.record("/state.json")
        except ValueError:
            return  # for StateIsReadable to say
        if state is None:
            if self._said_ms is not None and clock.now_ms() > self._said_ms + self._ON_THE_WAY_MS:
                self._said_ms = None
        elif self._said_ms is None or state["thing_id"] != THING:
            self.broken(f"{state} is not what the platform has said")

    def life_begins(self):
        self.look()


class StaysAlive(Rule):
    """8: no life ends at the REPL, and a claimed scale in a world that is well is linked in time."""

    def heard_line(self, text):
        if text == "REPL":
            self.broken("the firmware ended at the REPL")

    def must_be_linked(self):
        """The world has been well for long enough."""
        if not self.desk.is_linked():
            self.broken(f"not linked although the world has been well for {WELL_MS // _MINUTE_MS} minutes")

    def must_be_open(self):
        """A scale without a network, in a world that is well, has its own on the air."""
        self.broken("no page to set it up with")


ALL = (
    StateIsReadable,
    IdentityStays,
    OneOwnerOfTheRadio,
    KeepsTheSchedule,
    KeepsSecrets,
    AccessPointIsDown,
    LinkIsTrue,
    WatchdogSleeps,
    StaysAlive,
    MemoryStays,
    SparesTheFlash,
)
