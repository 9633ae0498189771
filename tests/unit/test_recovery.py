"""What is tried with a radio that does not join, and when.

Does not touch one; `tests/e2e/test_lives.py` does.
"""

import unittest

from firmware.core import recovery

MINUTE_MS = 60_000


def steps(resets, minutes, has_guests=False):
    """The remedies for a failed attempt each half a minute."""
    remedies = recovery.Recovery(resets)
    return [remedies.failed(half * 30_000, has_guests) for half in range(2 * minutes + 1)]


class Recovery(unittest.TestCase):
    def test_reconnect_then_switch_then_reset(self):
        seen = steps(0, 30)
        self.assertEqual(seen[:5], [recovery.RECONNECT] * 4 + [recovery.SWITCH])
        self.assertEqual(seen.index(recovery.RESET), 60)
        self.assertEqual(seen[:60].count(recovery.SWITCH), 12)

    def test_each_reset_in_a_row_comes_twice_as_late_and_at_least_daily(self):
        for resets, minutes in ((1, 60), (2, 120), (5, 960), (6, 1_440), (50, 1_440)):
            seen = steps(resets, minutes)
            self.assertEqual(seen.index(recovery.RESET), 2 * minutes)

    def test_nobody_on_the_access_point_sees_a_reset(self):
        self.assertFalse(recovery.RESET in steps(0, 300, has_guests=True))

    def test_once_joined_all_begins_anew(self):
        remedies = recovery.Recovery(4)
        remedies.failed(0, False)
        remedies.joined()
        self.assertEqual(remedies.resets, 0)
        self.assertEqual(remedies.failed(29 * MINUTE_MS, False), recovery.RECONNECT)
        self.assertEqual(remedies.failed(60 * MINUTE_MS, False), recovery.RESET)


if __name__ == "__main__":
    unittest.main()
