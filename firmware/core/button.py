"""What the owner means with the one button: a short press, or a long hold that erases, with a count-down on the way.

Does not read a pin; times are `now_ms`, ms since boot. A button that is down when power comes counts once it was up,
so that nothing is erased by a jammed button or by power going on and off.
"""

SHORT = "short"
ERASE = "erase"

DEBOUNCE_MS = 40
_SHORT_MAX_MS = 2_000
COUNT_DOWN_MS = 3_000  # until here a hold can still be nothing
ERASE_MS = 10_000


class Button:
    """`is_down` tells whether it is held; `seen` takes what the pin shows."""

    def __init__(self, is_down):
        self.is_down = False
        self._waits_for_release = is_down
        self._since_ms = 0

    def seen(self, is_down, now_ms):
        """Take in the pin, already steady; returns SHORT on release, ERASE once while held, or None."""
        if self._waits_for_release:
            self._waits_for_release = is_down
        elif is_down and not self.is_down:
            self.is_down, self._since_ms = True, now_ms
        elif is_down and self.held_ms(now_ms) >= ERASE_MS:
            self.is_down, self._waits_for_release = False, True
            return ERASE
        elif not is_down and self.is_down:
            self.is_down = False
            return SHORT if now_ms - self._since_ms < _SHORT_MAX_MS else None
        return None

    def held_ms(self, now_ms):
        """Return how long it has been held, 0 when it is not."""
        return now_ms - self._since_ms if self.is_down else 0
