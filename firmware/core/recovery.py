"""What to do about a radio that does not join: ever stronger remedies, each in its time and none in a stream.

Does not touch the radio; times are `now_ms`, ms since boot.
"""

RECONNECT = "reconnect"  # disconnect, pause, connect: what every attempt begins with
SWITCH = "switch"  # the interface off and on
RESET = "reset"  # the chip

_SWITCH_EVERY = 5
_RESET_AFTER_MS = 1_800_000
_RESET_CAP_MS = 86_400_000


class Recovery:
    """`resets` is how many resets in a row have not helped, over lives; the next comes after twice as long, at most a day."""

    def __init__(self, resets):
        self.resets = resets
        self._failures = 0
        self._since_ms = None

    def joined(self):
        """It helped, or nothing was wrong."""
        self.resets = self._failures = 0
        self._since_ms = None

    def failed(self, now_ms, has_guests):
        """An attempt has failed; returns what to do before the next. Nobody on the access point sees a reset."""
        self._failures += 1
        if self._since_ms is None:
            self._since_ms = now_ms
        after_ms = min(_RESET_AFTER_MS << min(self.resets, 8), _RESET_CAP_MS)
        if now_ms - self._since_ms >= after_ms and not has_guests:
            return RESET
        return SWITCH if self._failures % _SWITCH_EVERY == 0 else RECONNECT
