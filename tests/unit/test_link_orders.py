"""A platform that says when to come back, again and again: obeyed, but not into a hammering.

Does not test how a single order becomes a wait; `test_schedule.py` does.
"""

import unittest

from firmware.core import answer as answers
from firmware.core import link as links


def waits_ms(asked_ms, count):
    """What the scale waits, told the same order `count` times in a row."""
    link, now_ms, found = links.Link(lambda: 0.5), 0, []
    for _ in range(count):
        link.answered(now_ms, answers.Answer(answers.TRANSIENT, "later", retry_after_ms=asked_ms))
        found.append(link.due_ms(now_ms))
        now_ms += found[-1]
    return found


class Orders(unittest.TestCase):
    def test_a_short_order_is_obeyed_at_first_and_not_for_ever(self):
        found = waits_ms(1_000, 30)
        self.assertEqual(set(found[:10]), {1_050})
        self.assertEqual(found[-1], 150_000)

    def test_a_long_order_is_obeyed_however_often_it_comes(self):
        self.assertEqual(set(waits_ms(1_800_000, 40)), {1_890_000})


if __name__ == "__main__":
    unittest.main()
