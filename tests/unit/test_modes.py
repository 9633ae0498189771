"""The modes: one row for each thing that can be said of a scale, and when its own network is up.

Does not test how `link` gets to its states; `test_link.py` does.
"""

import unittest

from firmware.core import link, modes

STATES = (
    link.ASKING,
    link.WAITING,
    link.TROUBLE,
    link.REFUSED,
    link.TOO_OLD,
    link.LINKED,
    link.EXPIRED,
)


class Mode(unittest.TestCase):
    def test_each_row(self):
        for has_identity, has_wifi, link_state, station_up, expected in (
            (False, True, link.LINKED, True, modes.TROUBLE),
            (True, False, link.LINKED, False, modes.LINKED),
            (True, True, link.LINKED, True, modes.LINKED),
            (True, False, link.EXPIRED, False, modes.EXPIRED),
            (True, True, link.EXPIRED, True, modes.EXPIRED),
            (True, False, link.ASKING, False, modes.SETUP),
            (True, True, link.ASKING, False, modes.JOINING),
            (True, True, link.TROUBLE, False, modes.JOINING),
            (True, True, link.ASKING, True, modes.WAITING),
            (True, True, link.WAITING, True, modes.WAITING),
            (True, True, link.TROUBLE, True, modes.TROUBLE),
            (True, True, link.REFUSED, True, modes.TROUBLE),
            (True, True, link.TOO_OLD, True, modes.TROUBLE),
        ):
            row = (has_identity, has_wifi, link_state, station_up)
            self.assertEqual(modes.mode(*row), expected, row)


class AccessPoint(unittest.TestCase):
    def test_it_is_up_while_not_linked(self):
        for state in STATES:
            self.assertEqual(modes.wants_access_point(True, state), state != link.LINKED, state)

    def test_it_has_no_name_without_an_identity(self):
        for state in STATES:
            self.assertFalse(modes.wants_access_point(False, state), state)


if __name__ == "__main__":
    unittest.main()
