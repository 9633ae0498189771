"""How long to try, how long to pause, and when a cause shown is believed.

Does not join; `tests/e2e/test_setup.py` does.
"""

import unittest

from firmware.core import joining

S = 1_000


class Joining(unittest.TestCase):
    def test_the_pauses_get_longer_and_never_end(self):
        self.assertEqual([joining.pause_ms(failures) for failures in (1, 3, 4, 5, 10_000)], [5 * S] * 2 + [30 * S] * 3)

    def test_a_guest_is_left_in_peace_for_five_minutes(self):
        self.assertEqual([joining.pause_ms(failures, True) for failures in (1, 4, 10_000)], [300 * S] * 3)

    def test_an_address_ends_it_at_once(self):
        for is_stale in (True, False):
            self.assertEqual(joining.outcome(joining.JOINED, is_stale, 0), joining.JOINED)

    def test_a_cause_from_before_counts_only_after_twelve_seconds(self):
        def outcome(is_stale, elapsed_ms):
            return joining.outcome(joining.WRONG_KEY, is_stale, elapsed_ms)

        self.assertEqual(outcome(False, 1), joining.WRONG_KEY)
        self.assertEqual(outcome(True, 11_999), joining.JOINING)
        self.assertEqual(outcome(True, 12_000), joining.WRONG_KEY)

    def test_twenty_seconds_without_an_address_are_enough(self):
        self.assertEqual(joining.outcome(joining.JOINING, False, 19_999), joining.JOINING)
        self.assertEqual(joining.outcome(joining.JOINING, False, 20_000), joining.NO_ADDRESS)


if __name__ == "__main__":
    unittest.main()
