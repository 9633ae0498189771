"""The platform's rules of linking, as link-api states them: things, claims, offers, a window of 24 hours.

It speaks no HTTP, which is the business of `cloud`; `now_ms` is handed in.
"""

WINDOW_MS = 86_400_000


class Platform:
    """Things by token, and both halves of each link."""

    def __init__(self):
        self.things = {}  # token -> [thing id, owner or None]
        self.calls = 0
        self._claims = {}  # link id -> (user, ms)
        self._offers = {}  # link id -> (token, ms)

    def add_thing(self, token, thing_id):
        """A thing was activated."""
        self.things[token] = [thing_id, None]

    def owner(self, token):
        """Who owns the thing, or None."""
        return self.things[token][1]

    def claims(self, link_id, now_ms):
        """Who has claimed this serial within the window, or None."""
        claim = _open(self._claims, link_id, now_ms)
        return None if claim is None else claim[0]

    def device_calls(self, token, link_id, now_ms):
        """The device's half: its thing id once linked, None while the app has not called. Raises KeyError."""
        self.calls += 1
        thing = self.things[token]
        if thing[1] is None:
            claim = _open(self._claims, link_id, now_ms)
            if claim is not None:
                self._complete(token, link_id, claim[0])
            elif _open(self._offers, link_id, now_ms) is None:  # decision: a repeated call stretches no window
                self._offers[link_id] = (token, now_ms)
        return thing[0] if thing[1] is not None else None

    def app_calls(self, user, link_id, now_ms):
        """The app's half: True once linked, False while waiting for the device, None when another claim stands."""
        offer = _open(self._offers, link_id, now_ms)
        if offer is not None:
            self._complete(offer[0], link_id, user)
            return True
        claim = _open(self._claims, link_id, now_ms)
        if claim is None:
            self._claims[link_id] = (user, now_ms)
        elif claim[0] != user:
            return None
        return False

    def unlink(self, token):
        """The owner gives the thing up in the app."""
        self.things[token][1] = None

    def _complete(self, token, link_id, user):
        self.things[token][1] = user
        self._claims.pop(link_id, None)
        self._offers.pop(link_id, None)


def _open(halves, link_id, now_ms):
    """One side's half if its window is still open; past it the half is forgotten."""
    half = halves.get(link_id)
    if half is not None and now_ms - half[1] >= WINDOW_MS:
        del halves[link_id]
        return None
    return half
