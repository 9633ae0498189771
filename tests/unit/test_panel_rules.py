"""Button, LED and the opening of the scale's own network, in virtual time.

Does not read a pin or blink.
"""

import unittest

from firmware.core import button as buttons
from firmware.core import light, opening, progress

MINUTE_MS = 60_000


class Button(unittest.TestCase):
    def test_a_short_press_counts_when_it_ends(self):
        button = buttons.Button(False)
        self.assertIsNone(button.seen(True, 1_000))
        self.assertIsNone(button.seen(True, 1_500))
        self.assertEqual(button.seen(False, 2_999), buttons.SHORT)
        self.assertIsNone(button.seen(False, 3_000))

    def test_two_seconds_are_no_short_press(self):
        button = buttons.Button(False)
        button.seen(True, 0)
        self.assertIsNone(button.seen(False, 2_000))

    def test_ten_seconds_erase_once_and_letting_go_is_no_press(self):
        button = buttons.Button(False)
        button.seen(True, 5_000)
        self.assertIsNone(button.seen(True, 14_999))
        self.assertEqual(button.held_ms(14_999), 9_999)
        self.assertEqual(button.seen(True, 15_000), buttons.ERASE)
        self.assertEqual(button.held_ms(15_001), 0)
        self.assertIsNone(button.seen(True, 90_000))
        self.assertIsNone(button.seen(False, 90_001))
        button.seen(True, 91_000)
        self.assertEqual(button.seen(False, 91_100), buttons.SHORT)

    def test_a_button_down_at_power_on_counts_only_once_it_was_up(self):
        button = buttons.Button(True)
        self.assertIsNone(button.seen(True, 60_000))
        self.assertEqual(button.held_ms(60_000), 0)
        self.assertIsNone(button.seen(False, 61_000))
        button.seen(True, 62_000)
        self.assertEqual(button.seen(True, 72_000), buttons.ERASE)


class Light(unittest.TestCase):
    def test_each_state_has_its_pattern(self):
        def at(reached, trouble=None):
            return progress.Progress(reached, trouble)

        for state, is_joined, pattern in (
            (None, False, light.SETUP),
            (at(0), False, light.JOINING),
            (at(3), True, light.JOINING),
            (at(4), True, light.WAITING),
            (at(4, progress.EXPIRED), True, light.TROUBLE),
            (at(1, "any"), False, light.TROUBLE),
            (at(6), True, light.LINKED),
            (at(6), False, light.JOINING),
        ):
            self.assertEqual(light.pattern(state, is_joined), pattern)

    def test_the_count_down_gets_quicker_and_never_stands_still(self):
        halves = [light.count_down(held_ms)[0] for held_ms in range(3_000, 10_001, 500)]
        self.assertEqual(halves, sorted(halves, reverse=True))
        self.assertTrue(halves[0] > 300 and 20 <= halves[-1] <= 60)


class Opening(unittest.TestCase):
    def test_it_is_open_until_linked_and_a_minute_more(self):
        door = opening.Opening(False)
        self.assertIsNone(door.left_ms(10**9))
        door.linked(5_000)
        self.assertEqual([door.left_ms(now_ms) for now_ms in (5_000, 64_999, 65_000)], [MINUTE_MS, 1, 0])

    def test_a_scale_that_boots_linked_opens_by_the_button_for_ten_minutes(self):
        door = opening.Opening(True)
        self.assertEqual(door.left_ms(0), 0)
        door.pressed(1_000)
        self.assertEqual(door.left_ms(1_000), 10 * MINUTE_MS)
        door.pressed(2_000)
        self.assertEqual([door.left_ms(now_ms) for now_ms in (601_999, 602_000)], [1, 0])

    def test_the_longer_of_the_two_counts(self):
        door = opening.Opening(False)
        door.pressed(0)
        self.assertIsNone(door.left_ms(10**9))
        door.linked(580_000)
        self.assertEqual(door.left_ms(590_000), 50_000)


if __name__ == "__main__":
    unittest.main()
