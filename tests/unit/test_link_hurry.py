"""Another network was joined: when the next call does not wait any longer.

Does not test the waits themselves; `test_link.py` does.
"""

import unittest

from firmware.core import answer as answers
from firmware.core import link as links


def link_after(answer):
    link = links.Link(lambda: 0.5)
    link.answered(0, answer)
    return link


class Hurry(unittest.TestCase):
    def test_a_wait_for_an_answer_that_never_came_ends(self):
        link = link_after(answers.failed("no answer"))
        self.assertTrue(link.due_ms(100) > 0)
        link.hurry(100)
        self.assertEqual(link.due_ms(100), 0)

    def test_where_the_platform_has_answered_nothing_changes(self):
        for kind in (answers.WAITING, answers.REFUSED, answers.TOO_OLD, answers.TRANSIENT):
            link = link_after(answers.Answer(kind, "said so"))
            due_ms = link.due_ms(100)
            self.assertTrue(due_ms > 0)
            link.hurry(100)
            self.assertEqual(link.due_ms(100), due_ms)

    def test_a_linked_scale_asks_nobody(self):
        link = link_after(answers.Answer(answers.LINKED, "linked", "thing-1"))
        link.hurry(100)
        self.assertIsNone(link.due_ms(100))


if __name__ == "__main__":
    unittest.main()
