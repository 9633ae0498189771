"""The link machine through whole stories, in virtual time.

Does not test what an answer means (`test_answer.py`) nor how long a wait is (`test_schedule.py`).
"""

import random
import unittest

from firmware.core import answer as answers
from firmware.core import link as links
from firmware.core import states

HOUR_MS = 3_600_000
WAITING = answers.Answer(answers.WAITING, "waiting for app")
LINKED = answers.Answer(answers.LINKED, "linked", "thing-1")
TRANSIENT = answers.Answer(answers.TRANSIENT, "trouble")
CLOCK = answers.Answer(answers.CLOCK, "clock")
REFUSED = answers.Answer(answers.REFUSED, "refused")
TOO_OLD = answers.Answer(answers.TOO_OLD, "too old")
REDIRECTED = answers.Answer(answers.REDIRECTED, "redirected")


def middle():
    return 0.5


def asked_to_wait(wait_ms):
    return answers.Answer(answers.TRANSIENT, "later", retry_after_ms=wait_ms)


class Story:
    """A link and a virtual clock: `tell` waits until a call is due and answers it."""

    def __init__(self, link=None):
        self.now_ms = 0
        self.link = link or links.Link(middle)

    def tell(self, answer):
        self.now_ms += self.link.due_ms(self.now_ms)
        return self.link.answered(self.now_ms, answer)

    def tell_until(self, end_ms, answer):
        """Answer every call that is due before `end_ms`."""
        while self.link.due_ms(self.now_ms) is not None:
            if self.now_ms + self.link.due_ms(self.now_ms) >= end_ms:
                return
            self.tell(answer)

    def due_after(self, *told):
        for answer in told:
            self.tell(answer)
        return self.link.due_ms(self.now_ms)


class Linking(unittest.TestCase):
    def test_a_call_is_due_at_power_on(self):
        link = links.Link(middle)
        self.assertEqual((link.state, link.due_ms(0), link.calls), (links.ASKING, 0, 0))

    def test_app_first(self):
        story = Story()
        self.assertEqual(story.tell(LINKED), links.LINKED)
        self.assertEqual((story.link.thing_id, story.link.calls), ("thing-1", 1))
        self.assertIsNone(story.link.due_ms(story.now_ms + 100 * HOUR_MS))

    def test_device_first(self):
        story = Story()
        self.assertEqual(story.tell(WAITING), links.WAITING)
        self.assertEqual(story.link.due_ms(story.now_ms), 5_000)
        self.assertEqual(story.tell(LINKED), links.LINKED)
        self.assertEqual(story.now_ms, 5_000)

    def test_app_three_minutes_late(self):
        story = Story()
        story.tell_until(180_000, WAITING)
        self.assertEqual(story.tell(LINKED), links.LINKED)
        self.assertTrue(180_000 <= story.now_ms <= 195_000, story.now_ms)
        self.assertEqual(story.link.calls, 29)

    def test_a_device_that_boots_linked_never_calls(self):
        link = states.Linked("thing-9")
        self.assertEqual((link.state, link.thing_id), (links.LINKED, "thing-9"))
        self.assertIsNone(link.due_ms(0))

    def test_what_an_answer_meant_is_kept_for_people(self):
        story = Story()
        story.tell(REFUSED)
        self.assertEqual(story.link.detail, "refused")


class Window(unittest.TestCase):
    def test_the_app_never_calls(self):
        story = Story()
        story.tell_until(25 * HOUR_MS, WAITING)
        self.assertEqual(story.link.state, links.EXPIRED)
        self.assertEqual(story.now_ms, 24 * HOUR_MS)
        self.assertIsNone(story.link.due_ms(story.now_ms))
        self.assertIsNone(story.link.thing_id)
        self.assertTrue(story.link.calls <= 200, story.link.calls)

    def test_the_last_call_at_the_end_of_the_window_can_link(self):
        story = Story()
        story.tell_until(24 * HOUR_MS, WAITING)
        self.assertEqual(story.tell(LINKED), links.LINKED)
        self.assertEqual(story.now_ms, 24 * HOUR_MS)

    def test_nothing_but_linked_saves_the_last_call(self):
        for last in (WAITING, TRANSIENT, CLOCK, REFUSED, TOO_OLD, REDIRECTED, asked_to_wait(9_000)):
            story = Story()
            story.tell_until(24 * HOUR_MS, WAITING)
            self.assertEqual(story.tell(last), links.EXPIRED, last.kind)

    def test_it_opens_with_the_first_waiting_answer(self):
        story = Story()
        story.tell_until(48 * HOUR_MS, TRANSIENT)
        self.assertEqual(story.link.state, links.TROUBLE)
        story.tell(WAITING)
        opened_ms = story.now_ms
        self.assertEqual(story.link.due_ms(story.now_ms), 5_000)
        story.tell_until(100 * HOUR_MS, WAITING)
        self.assertEqual((story.link.state, story.now_ms), (links.EXPIRED, opened_ms + 24 * HOUR_MS))

    def test_trouble_inside_it_does_not_stretch_it(self):
        for trouble in (TRANSIENT, REFUSED, TOO_OLD, REDIRECTED):
            story = Story()
            story.tell(WAITING)
            story.tell_until(100 * HOUR_MS, trouble)
            self.assertEqual((story.link.state, story.now_ms), (links.EXPIRED, 24 * HOUR_MS), trouble.kind)

    def test_without_a_waiting_answer_it_never_ends(self):
        for trouble in (TRANSIENT, CLOCK, REFUSED, TOO_OLD, REDIRECTED):
            story = Story()
            story.tell_until(200 * HOUR_MS, trouble)
            self.assertEqual(story.tell(LINKED), links.LINKED, trouble.kind)

    def test_a_call_that_returns_after_the_end_is_followed_by_the_last_one(self):
        link = links.Link(middle)
        link.answered(0, WAITING)
        self.assertEqual(link.answered(30 * HOUR_MS, WAITING), links.WAITING)
        self.assertEqual(link.due_ms(30 * HOUR_MS), 0)
        self.assertEqual(link.answered(30 * HOUR_MS, WAITING), links.EXPIRED)

    def test_a_restart_opens_a_new_one(self):
        story = Story()
        story.tell_until(25 * HOUR_MS, WAITING)
        story.link.restart(story.now_ms)
        self.assertEqual((story.link.state, story.link.calls), (links.ASKING, 0))
        self.assertEqual(story.link.due_ms(story.now_ms), 0)
        story.tell(WAITING)
        self.assertEqual(story.due_after(WAITING), 5_000)
        story.tell_until(100 * HOUR_MS, WAITING)
        self.assertEqual((story.link.state, story.now_ms), (links.EXPIRED, 48 * HOUR_MS))

    def test_a_restart_forgets_the_thing(self):
        link = links.Link(middle)
        link.answered(0, LINKED)
        link.restart(5)
        self.assertEqual((link.state, link.thing_id, link.due_ms(5)), (links.ASKING, None, 0))


class Waits(unittest.TestCase):
    def test_trouble_backs_off(self):
        self.assertEqual([Story().due_after(*[TRANSIENT] * n) for n in (1, 2, 3)], [1_000, 2_000, 4_000])
        self.assertEqual(Story().due_after(*[TRANSIENT] * 20), 150_000)

    def test_a_wrong_clock_and_a_redirect_are_trouble(self):
        for trouble in (CLOCK, REDIRECTED):
            story = Story()
            self.assertEqual(story.tell(trouble), links.TROUBLE)
            self.assertEqual(story.due_after(trouble), 2_000)

    def test_any_answer_without_trouble_resets_the_backoff(self):
        for well in (WAITING, REFUSED, TOO_OLD):
            self.assertEqual(Story().due_after(TRANSIENT, TRANSIENT, well, TRANSIENT), 1_000, well.kind)

    def test_what_the_platform_asks_wins_over_backoff(self):
        self.assertEqual(Story().due_after(TRANSIENT, TRANSIENT, asked_to_wait(100_000)), 105_000)
        self.assertEqual(Story().due_after(asked_to_wait(100 * HOUR_MS)), HOUR_MS * 95 // 100)

    def test_an_asked_wait_counts_as_a_failure(self):
        self.assertEqual(Story().due_after(asked_to_wait(9_000), TRANSIENT), 2_000)

    def test_refused_is_asked_hourly_and_too_old_daily(self):
        self.assertEqual(Story().due_after(REFUSED), HOUR_MS)
        self.assertEqual(Story().due_after(TOO_OLD), 24 * HOUR_MS)

    def test_the_waiting_schedule_counts_from_the_first_waiting_answer(self):
        story = Story()
        story.tell(WAITING)
        story.tell_until(HOUR_MS, REFUSED)
        story.tell(WAITING)
        self.assertEqual(story.link.due_ms(story.now_ms), 818_000)

    def test_time_that_passes_brings_the_call_nearer(self):
        link = links.Link(middle)
        link.answered(0, WAITING)
        self.assertEqual([link.due_ms(t) for t in (0, 4_000, 5_000, 9_000)], [5_000, 1_000, 0, 0])

    def test_an_answer_nobody_asked_for_is_our_own_mistake(self):
        link = links.Link(middle)
        link.answered(0, LINKED)
        with self.assertRaises(AssertionError):
            link.answered(0, WAITING)


class AnyAnswers(unittest.TestCase):
    """Random answers with a fixed seed: whatever comes, the promises of the machine hold."""

    ANSWERS = (WAITING, TRANSIENT, CLOCK, REFUSED, TOO_OLD, REDIRECTED, asked_to_wait(50_000), LINKED)

    def tell_any(self, choose):
        """Tell a story of at most 300 answers; return it with the time of the first waiting answer."""
        story, opened_ms = Story(links.Link(random.random)), None
        for _ in range(300):
            answer = choose(self.ANSWERS if random.random() < 0.02 else self.ANSWERS[:-1])
            state = story.tell(answer)
            if opened_ms is None and answer is WAITING:
                opened_ms = story.now_ms
            self.assertEqual(story.link.due_ms(story.now_ms) is None, state in (links.LINKED, links.EXPIRED))
            self.assertEqual(story.link.thing_id, "thing-1" if answer is LINKED else None)
            self.assertEqual(state == links.LINKED, answer is LINKED)
            if story.link.due_ms(story.now_ms) is None:
                break
            self.assertTrue(story.link.due_ms(story.now_ms) <= 1.1 * 24 * HOUR_MS)
        return story, opened_ms

    def test_random_sequences(self):
        random.seed(7)
        ends = set()
        for _ in range(100):
            story, opened_ms = self.tell_any(random.choice)
            ends.add(story.link.state)
            if story.link.state == links.EXPIRED:
                self.assertEqual(story.now_ms, opened_ms + 24 * HOUR_MS)
            elif opened_ms is not None:
                self.assertTrue(story.now_ms <= opened_ms + 24 * HOUR_MS)
        self.assertTrue({links.EXPIRED, links.LINKED} <= ends, ends)


if __name__ == "__main__":
    unittest.main()
