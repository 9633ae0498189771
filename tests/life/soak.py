"""A seeded life of days: the world goes wrong at random, gets well, and the rules look all along.

After each trouble the world is well for a while, and a claimed scale must be linked by the end of that.
"""

from life import board, clock, program, troubles
from life.desk import IDENTITY, KEY, SSID, WIFI, Desk
from life.rule import Rule
from life.rules import ALL, WELL_MS, MemoryStays, StaysAlive

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000
_LOOK_MS = 10 * _MINUTE_MS
_ALL_LINES = 2_000
_FEW_TRIES = 4
# Some homes have trouble several times a day, some for weeks none, while the chip's clock wraps.
_PACES = (1, 4, 16, 64)
_ORDERS_MS = {400: _HOUR_MS, 401: _HOUR_MS, 404: _HOUR_MS, 418: _HOUR_MS, 410: _DAY_MS}


class Script(Rule):
    """The world of one seed. It hears what the rules hear; they read `pressed_ms`, `changes` and what wait was ordered."""

    def __init__(self, desk, days):
        super().__init__(desk)
        self.days = days
        self._pace = desk.dice.of(_PACES)
        self.pressed_ms = -_DAY_MS
        self.changes = 0
        self.ordered_at_ms = 0
        self._ordered_ms = self._silent_until_ms = 0  # a strike may have lost the order; its owner waits all the same
        self._has_expired = False
        self._alive = self._memory = None

    def attach(self):
        """Connect script, rules and desk."""
        desk = self.desk
        desk.script, desk.first_key = self, KEY
        desk.rules = [rule(desk) for rule in ALL]
        self._alive = next(rule for rule in desk.rules if isinstance(rule, StaysAlive))
        self._memory = next(rule for rule in desk.rules if isinstance(rule, MemoryStays))
        desk.rules.append(self)
        desk.on_power_lost = lambda: clock.after(desk.dice.span_ms(1_000, 10 * _MINUTE_MS), desk.plug)
        desk.board.struck = self._struck
        clock.play(self._look_all_along())
        clock.play(self._life())

    def has_ordered(self):
        """Tell whether the last answer said when to call again."""
        return self._ordered_ms > 0

    def ordered_until_ms(self):
        """Until when the platform has asked for silence."""
        return self.ordered_at_ms + self._ordered_ms * 9 // 10

    def _struck(self, error):
        # The answer to the call under way may have been lost with it, and the order in it.
        self._ordered_ms = 0
        self.desk.tell("world", f"strikes with {type(error).__name__}")

    def called(self):
        fault = self.desk.cloud.fault
        status, wait = fault if isinstance(fault, tuple) else (fault, None)
        ordered_ms = _ORDERS_MS.get(status, 0)
        if wait is not None and wait.isdigit():
            ordered_ms = min(int(wait) * 1000, _HOUR_MS)
        elif wait is not None and len(wait) > 9:
            ordered_ms = _HOUR_MS
        self.ordered_at_ms, self._ordered_ms = clock.now_ms(), ordered_ms
        self._silent_until_ms = clock.now_ms() + ordered_ms * 11 // 10

    def heard_line(self, text):
        self._has_expired = self._has_expired or "expired: " in text

    def life_begins(self):
        self._has_expired, self._ordered_ms, self._silent_until_ms = False, 0, 0

    def _look_all_along(self):
        while True:
            yield _LOOK_MS
            self.desk.look()

    def _life(self):
        dice = self.desk.dice
        yield dice.span_ms(10_000, _HOUR_MS)
        while self.desk.uptime_ms() < self.days * _DAY_MS:
            if dice.chance(60):
                yield from self._change_hands()
            yield from self._trouble()
            yield from self._calm()
        self.desk.stop()

    def _change_hands(self):
        """The owner gives the scale away; the next one gives it a network at once, and uses the app sooner or later."""
        yield from self._unlink()
        yield from self._forget()
        yield 5_000
        yield from self._give_network(_FEW_TRIES)
        if self.desk.dice.chance(25):
            yield from self._claim()

    def _trouble(self):
        desk, dice = self.desk, self.desk.dice
        for name in [dice.of(list(troubles.BEGINNINGS)) for _ in range(dice.below(3))]:
            desk.tell("world", name)
            troubles.BEGINNINGS[name](desk, dice)
        for _ in range(dice.below(4)):
            yield dice.span_ms(_MINUTE_MS, 4 * _HOUR_MS)
            yield from dice.of(self._INCIDENTS)(self)
        yield dice.span_ms(_MINUTE_MS, 8 * _HOUR_MS)

    def _cut(self):
        self.desk.cut_power()
        yield 1_000

    def _cut_in_flash(self):
        way = self.desk.dice.of(("dropped", "half", "torn", "done"))
        self.desk.tell("world", f"power will go at a flash operation, {way}")
        self.desk.board.cut_power_at(self.desk.dice.between(1, 20), way)
        yield 1_000

    def _strike(self):
        troubles.strike(self.desk, self.desk.dice)
        yield 1_000

    def _reset(self):
        cause = self.desk.dice.of((board.SOFT, board.HARD))
        self.desk.board.reset(cause)
        yield 1_000

    def _press(self):
        yield from self._hold(500)

    def _forget(self):
        yield from self._hold(12_000)

    def _claim(self):
        self.changes += 1
        self.desk.app_claims(self.desk.dice.of(("owner", "owner", "neighbour")))
        yield 1_000

    def _unlink(self):
        self.desk.tell("app", "unlinks")
        self.desk.platform.unlink(self.desk.token)
        yield 1_000

    def _visit(self):
        yield from self.desk.phone.look_around()
        self.desk.phone.leave()

    _INCIDENTS = (
        _cut,
        _cut,
        _cut_in_flash,
        _cut_in_flash,
        _strike,
        _strike,
        _reset,
        _press,
        _forget,
        _claim,
        _unlink,
        _visit,
    )

    def _hold(self, ms):
        self.desk.tell("owner", f"holds the button for {ms / 1000:.1f} s")
        self.changes += 1
        self.desk.board.move_button(True)
        yield ms
        self.desk.board.move_button(False)
        self.pressed_ms = clock.now_ms()
        yield 5_000

    def _calm(self):
        desk, dice = self.desk, self.desk.dice
        troubles.end_all(desk, dice.chance(30))
        desk.tell("world", "is well")
        yield from self._end_orders()
        while not desk.is_plugged:
            yield 10_000
        yield from self._give_network()
        if not desk.is_linked():
            self.changes += 1
            desk.app_claims(desk.platform.claims(desk.serial, clock.now_ms()) or "owner")
        yield WELL_MS
        self._alive.must_be_linked()
        yield 2 * _MINUTE_MS
        desk.look()
        if clock.now_ms() > self.pressed_ms + 15 * _MINUTE_MS:
            self._memory.compare()
        yield dice.span_ms(_MINUTE_MS, _DAY_MS) * self._pace

    def _end_orders(self):
        """What the platform ordered is waited out or ended by power, as an owner ends it; a day is over at power-on only."""
        left_ms = self._silent_until_ms - clock.now_ms()
        if not self._has_expired and left_ms <= 0:
            return
        if not self._has_expired and left_ms < 2 * _HOUR_MS and self.desk.dice.chance(50):
            yield left_ms
            return
        yield from self._cut()

    def _give_network(self, tries=30):
        """The owner sees to it that the scale knows the network as it is."""
        desk = self.desk
        for _ in range(tries):
            wifi = desk.record("/wifi.json")
            if wifi and wifi["key"] == desk.home.key.decode():
                return
            if desk.is_linked():
                yield from self._hold(12_000)  # the page of a linked scale has no form
            self.changes += 1
            taken = yield from desk.phone.set_up(SSID, desk.home.key)
            desk.tell("owner", "sets it up" if taken else "finds no page")
            yield 30_000
            desk.phone.leave()
        if tries > _FEW_TRIES:
            self._alive.must_be_open()


def run(factory, seed, days, today_s, story=False):
    """Play one seed; returns what happened in numbers, what rules were broken, and the story if wanted."""
    desk = Desk(factory, seed, today_s, program.known(factory))
    by_hand = desk.dice.chance(30)
    desk.provision({"/identity.json": IDENTITY, "/wifi.json": WIFI} if by_hand else {"/identity.json": IDENTITY})
    if story:
        desk.told_lines = _ALL_LINES
    Script(desk, days).attach()
    desk.run()
    return {
        "seed": seed,
        "days": desk.uptime_ms() / _DAY_MS,
        "lives": desk.board.lives,
        "calls": desk.calls,
        "power_cuts": desk.power_cuts,
        "violations": desk.violations,
        "transcript": desk.transcript(),
        "story": desk.story if story else [],
    }
