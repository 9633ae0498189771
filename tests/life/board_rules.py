"""The rules about what is inside the board: its records, its flash, its memory, its watchdog.

How it behaves to the world is for those in `rules`.
"""

import gc

from life import board
from life.desk import IDENTITY
from life.rule import Rule


class StateIsReadable(Rule):
    """1: whatever was cut, each record can be read."""

    def look(self):
        for path in ("/identity.json", "/wifi.json", "/state.json"):
            try:
                self.desk.record(path)
            except ValueError as error:
                self.broken(error.args[0])

    def life_begins(self):
        self.look()


class IdentityStays(Rule):
    """2: the identity is for ever."""

    def look(self):
        try:
            found = self.desk.record("/identity.json")
        except ValueError:
            return  # for the rule above to say
        if found != IDENTITY:
            self.broken("the identity is not what the factory wrote")

    def life_begins(self):
        self.look()


class WatchdogSleeps(Rule):
    """7: the watchdog never bites."""

    def life_ended(self, cause):
        if cause == board.WATCHDOG:
            self.broken("the watchdog bit")


class MemoryStays(Rule):
    """9: what is in use at comparable moments does not grow, from life to life and within one.

    The collector takes whatever stands on the stack for a pointer, so that now and then a life that is over is kept for a
    while. What is really held stays: only a few times in a row count.
    """

    _ROOM_BYTES = 24_000  # of 64-bit words; the log's ring and the world itself breathe
    _TIMES = 3

    def __init__(self, desk):
        super().__init__(desk)
        self._least_bytes = {}
        self._times = {}
        self._was_linked_here = False

    def life_begins(self):
        self._was_linked_here = False

    def heard_line(self, text):
        self._was_linked_here = self._was_linked_here or text.startswith("link: linked")

    def compare(self):
        """The scale is linked, its access point down. A life that began so has never loaded what it takes to link."""
        gc.really_collect()  # the firmware's own does nothing here
        gc.really_collect()  # what the first one closed is free only now
        used_bytes = gc.mem_alloc() - self.desk.board.flash.ram_bytes() - self.desk.story_bytes()
        kind = self._was_linked_here
        least_bytes = min(used_bytes, self._least_bytes.get(kind, used_bytes))
        self._least_bytes[kind] = least_bytes
        is_more = used_bytes > least_bytes + self._ROOM_BYTES
        self._times[kind] = self._times.get(kind, 0) + 1 if is_more else 0
        if self._times[kind] == self._TIMES:
            self.broken(f"{used_bytes - least_bytes} bytes more in use than before")


class SparesTheFlash(Rule):
    """10: flash is written when something changed, never per retry."""

    _PER_LIFE, _PER_CHANGE = 40, 40

    def __init__(self, desk):
        super().__init__(desk)
        self._begun = (0, 0)

    def life_begins(self):
        self._begun = self.desk.board.flash.operations, self.desk.script.changes

    def look(self):
        spent = self.desk.board.flash.operations - self._begun[0]
        allowed = self._PER_LIFE + self._PER_CHANGE * (self.desk.script.changes - self._begun[1])
        if spent > allowed:
            self.broken(f"{spent} flash operations in one life, {allowed} allowed")
