"""What each rule is made of: it hears what goes on at a desk, and says when it is broken.

The rules themselves are in `board_rules` and `rules`.
"""


class Rule:
    """Hears everything and minds nothing."""

    def __init__(self, desk):
        self.desk = desk

    def broken(self, text):
        self.desk.break_rule(type(self).__name__, text)

    def look(self):
        """Look at the present state."""

    def life_begins(self):
        """The board starts."""

    def life_ended(self, cause):
        """The board stopped."""

    def heard_line(self, text):
        """The console said a line."""

    def shown(self, data):
        """The page was shown."""

    def called(self):
        """A link call arrived."""

    def said_linked(self):
        """The platform answered a link call with "linked"."""
