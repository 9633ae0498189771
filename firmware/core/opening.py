"""When the scale's own network is on the air: until it is linked, a minute more, and for a while after the button.

Does not switch anything; times are `now_ms`, ms since boot.
"""

# The owner's phone is on the access point when the link succeeds, and reads the result there.
_FAREWELL_MS = 60_000
_PRESSED_MS = 600_000


class Opening:
    """Keeps the two moments that count: when the link came about in this run, and when the button was pressed."""

    def __init__(self, is_linked):
        self._is_linked = is_linked
        self._linked_ms = None
        self._pressed_ms = None

    def linked(self, now_ms):
        """The scale has just been linked."""
        self._is_linked, self._linked_ms = True, now_ms

    def pressed(self, now_ms):
        """The owner pressed the button."""
        self._pressed_ms = now_ms

    def left_ms(self, now_ms):
        """Return how long the network stays on the air: 0 when it is off it, None for as long as it is not linked.

        A scale that boots linked stays off it.
        """
        if not self._is_linked:
            return None
        return max(_left_ms(now_ms, self._linked_ms, _FAREWELL_MS), _left_ms(now_ms, self._pressed_ms, _PRESSED_MS))


def _left_ms(now_ms, since_ms, span_ms):
    return 0 if since_ms is None else max(0, since_ms + span_ms - now_ms)
