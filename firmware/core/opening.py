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

    def is_open(self, now_ms):
        """Tell whether the network is to be on the air. A scale that boots linked stays off it."""
        if not self._is_linked:
            return True
        return _within(now_ms, self._linked_ms, _FAREWELL_MS) or _within(now_ms, self._pressed_ms, _PRESSED_MS)


def _within(now_ms, since_ms, span_ms):
    return since_ms is not None and now_ms - since_ms < span_ms
