"""The states of the link by their names, and the link of a scale that is linked already.

How one state follows another is `core.link`, which such a scale never loads.
"""

ASKING = "asking"  # no answer yet
WAITING = "waiting"  # the app has not called yet
TROUBLE = "trouble"
REFUSED = "refused"
TOO_OLD = "too old"
LINKED = "linked"
EXPIRED = "expired"


class Linked:
    """Looks like a `core.link.Link` that is through."""

    state = LINKED
    detail = "stored in flash"
    was_answered = True

    def __init__(self, thing_id):
        self.thing_id = thing_id

    def due_ms(self, now_ms):
        """Return None: no call is ever due."""
        return None
