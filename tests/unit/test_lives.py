"""What is remembered over resets: which ends are crashes, how long to pause, and when it is time for safe mode.

Does not reset anything; `tests/e2e/test_lives.py` does.
"""

import unittest

from firmware.core import lives

MINUTE_MS = 60_000


def next_life(life, cause=lives.HARD):
    """The life after `life`, with what that one remembered."""
    after = lives.Lives(life.to_bytes())
    after.begin(cause)
    return after


def first_life():
    life = lives.Lives(b"")
    life.begin(lives.POWER_ON)
    return life


class Ends(unittest.TestCase):
    def test_blank_memory_at_power_on_is_no_crash(self):
        life = first_life()
        self.assertEqual((life.was_crash, life.short, life.radio_resets), (False, 1, 0))

    def test_a_crash_and_its_reason_are_told_to_the_next_life_alone(self):
        life = first_life()
        life.ends("link: KeyError: 5", is_crash=True)
        second = next_life(life)
        self.assertEqual((second.ended, second.was_crash), ("link: KeyError: 5", True))
        second.ends("forgetting Wi-Fi and link")
        third = next_life(second)
        self.assertEqual((third.ended, third.was_crash), ("forgetting Wi-Fi and link", False))

    def test_an_end_that_nobody_announced_is_a_crash(self):
        for cause, words in ((lives.WATCHDOG, "watchdog"), (lives.HARD, "panic"), (lives.POWER_ON, "supply")):
            life = next_life(first_life(), cause)
            self.assertTrue(life.was_crash)
            self.assertTrue(words in life.ended)

    def test_a_soft_reset_is_none(self):
        self.assertFalse(next_life(first_life(), lives.SOFT).was_crash)

    def test_the_watchdog_is_one_even_when_memory_is_blank(self):
        life = lives.Lives(b"")
        life.begin(lives.WATCHDOG)
        self.assertTrue(life.was_crash)

    def test_a_suspect_is_the_reason_when_the_watchdog_bites(self):
        life = first_life()
        life.suspects("wifi hung")
        self.assertEqual(next_life(life, lives.WATCHDOG).ended, "wifi hung")

    def test_a_reason_is_bounded(self):
        life = first_life()
        life.ends("x" * 5_000, is_crash=True)
        self.assertTrue(len(life.to_bytes()) < 400)

    def test_rubbish_in_memory_is_a_fresh_start(self):
        for memory in (b"\xff" * 64, b"{}", b"[1]", b'{"short": -1}', b"null", first_life().to_bytes()[:-3]):
            life = lives.Lives(memory)
            life.begin(lives.POWER_ON)
            self.assertEqual((life.was_crash, life.short), (False, 1))


class SafeMode(unittest.TestCase):
    def crashes(self, life, count):
        for _ in range(count):
            life.ends("boom", is_crash=True)
            life = next_life(life)
        return life

    def test_five_short_lives_in_a_row_lead_there(self):
        life = self.crashes(first_life(), 4)
        self.assertFalse(life.is_safe())
        self.assertTrue(self.crashes(life, 1).is_safe())

    def test_a_life_that_lasts_ends_the_row(self):
        life = self.crashes(first_life(), 4)
        life.settled()
        self.assertFalse(self.crashes(life, 4).is_safe())

    def test_an_end_as_it_should_be_does_not_count(self):
        life = first_life()
        for _ in range(50):
            life.ends("a stop at the REPL")
            life = next_life(life)
        self.assertFalse(life.is_safe())

    def test_after_a_visit_there_is_one_try_and_the_next_visit_is_longer(self):
        life = self.crashes(first_life(), 5)
        minutes = []
        for _ in range(6):
            self.assertTrue(life.is_safe())
            minutes.append(life.safe_ms() // MINUTE_MS)
            life.leaves_safe()
            life = next_life(life)
            self.assertFalse(life.is_safe())
            life = self.crashes(life, 1)
        self.assertEqual(minutes, [10, 20, 40, 60, 60, 60])

    def test_a_try_that_lasts_is_the_end_of_it(self):
        life = self.crashes(first_life(), 5)
        life.leaves_safe()
        life = next_life(life)
        life.settled()
        self.assertEqual((life.short, life.safe), (0, 0))


class Pauses(unittest.TestCase):
    def test_each_crash_in_a_row_waits_twice_as_long(self):
        life, pauses = first_life(), []
        for _ in range(7):
            pauses.append(life.pause_ms() // 1_000)
            life.ends("boom", is_crash=True)
            life = next_life(life)
        self.assertEqual(pauses, [2, 4, 8, 16, 32, 60, 60])

    def test_a_job_too(self):
        seconds = [lives.job_pause_ms(deaths) // 1_000 for deaths in range(1, 12)]
        self.assertEqual(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])


class Radio(unittest.TestCase):
    def test_resets_for_its_sake_are_counted_only_in_a_row(self):
        life = first_life()
        life.ends("a radio that did not join", radio_resets=3)
        life = next_life(life)
        self.assertEqual((life.radio_resets, life.was_crash), (3, False))
        life.ends("boom", is_crash=True)
        self.assertEqual(next_life(life).radio_resets, 0)


if __name__ == "__main__":
    unittest.main()
