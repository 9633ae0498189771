"""How far the scale has come, for each thing that can hold it up.

Does not show it; `test_page.py` does.
"""

import unittest

from firmware.core import joining, progress
from firmware.core import link as links


class FakeLink:
    def __init__(self, state, was_answered=False):
        self.state = state
        self.was_answered = was_answered


def seen(is_found=True, is_joined=True, cause=None, is_set=True, is_silent=False, state=links.ASKING, answered=False):
    found = progress.of(is_found, is_joined, cause, is_set, is_silent, FakeLink(state, answered))
    return found.reached, found.trouble


class Progress(unittest.TestCase):
    def test_on_the_way_to_the_home_network(self):
        self.assertEqual(seen(False, False), (0, None))
        self.assertEqual(seen(True, False), (1, None))
        self.assertEqual(seen(True, False, joining.WRONG_KEY), (1, joining.WRONG_KEY))
        # Not in the list, but it answered.
        for cause in (joining.WRONG_KEY, joining.OTHER_SECURITY, joining.NO_ADDRESS):
            self.assertEqual(seen(False, False, cause), (1, cause))
        self.assertEqual(seen(False, False, joining.REFUSED), (0, joining.REFUSED))
        self.assertEqual(seen(True, False, joining.NO_NETWORK), (0, joining.NO_NETWORK))

    def test_without_a_clock(self):
        self.assertEqual(seen(is_set=False), (2, None))
        self.assertEqual(seen(is_set=False, is_silent=True), (2, progress.NO_INTERNET))

    def test_what_the_platform_says(self):
        for state, answered, expected in (
            (links.ASKING, False, (3, None)),
            (links.TROUBLE, False, (3, progress.NO_INTERNET)),
            (links.TROUBLE, True, (3, progress.BUSY)),
            (links.REFUSED, True, (3, progress.REFUSED)),
            (links.TOO_OLD, True, (3, progress.TOO_OLD)),
            (links.WAITING, True, (4, None)),
            (links.EXPIRED, True, (4, progress.EXPIRED)),
            (links.LINKED, True, (6, None)),
        ):
            self.assertEqual(seen(state=state, answered=answered), expected)

    def test_a_linked_scale_says_why_it_has_no_network(self):
        for is_joined, cause, expected in (
            (True, None, None),
            (False, None, None),
            (False, joining.WRONG_KEY, joining.WRONG_KEY),
        ):
            found = progress.of(False, is_joined, cause, False, False, FakeLink(links.LINKED))
            self.assertEqual((found.is_done(), found.trouble), (True, expected))

    def test_linked_is_done_whatever_the_network_does(self):
        found = progress.of(False, False, joining.NO_NETWORK, False, True, FakeLink(links.LINKED))
        self.assertTrue(found.is_done())
        self.assertEqual(len(progress.STAGES), found.reached)


if __name__ == "__main__":
    unittest.main()
