"""The waits between calls: their bounds, their growth, and what a day of waiting costs.

Does not test which wait is used when; `test_link.py` does.
"""

import unittest

from firmware.core import schedule

LOWEST, MIDDLE, HIGHEST = (lambda: 0.0), (lambda: 0.5), (lambda: 0.999999)
HOUR_MS = 3_600_000


class Waiting(unittest.TestCase):
    def test_the_steps(self):
        for elapsed_ms, wait_ms in (
            (0, 5_000),
            (119_999, 5_000),
            (120_000, 15_000),
            (599_999, 15_000),
            (600_000, 30_000),
            (630_000, 60_000),
            (690_000, 120_000),
            (810_000, 240_000),
            (1_050_000, 480_000),
            (1_387_999, 817_999),
            (1_388_000, 818_000),
            (86_000_000, 818_000),
        ):
            self.assertEqual(schedule.waiting_ms(elapsed_ms, MIDDLE), wait_ms, elapsed_ms)

    def test_the_jitter_is_a_tenth_either_way(self):
        self.assertEqual(schedule.waiting_ms(0, LOWEST), 4_500)
        self.assertEqual(schedule.waiting_ms(0, HIGHEST), 5_499)

    def test_no_claim_waits_longer_than_a_quarter_of_an_hour(self):
        for elapsed_ms in range(0, 24 * HOUR_MS, 60_000):
            self.assertTrue(schedule.waiting_ms(elapsed_ms, HIGHEST) <= 900_000)

    def test_a_day_takes_a_bounded_number_of_calls(self):
        for rand, most in ((LOWEST, 185), (MIDDLE, 170), (HIGHEST, 160)):
            elapsed_ms = calls = 0
            while elapsed_ms < 24 * HOUR_MS:
                elapsed_ms += schedule.waiting_ms(elapsed_ms, rand)
                calls += 1
            self.assertTrue(most - 20 < calls <= most, calls)


class Backoff(unittest.TestCase):
    def test_the_ceiling_doubles_up_to_the_cap(self):
        top = [schedule.backoff_ms(attempt, HIGHEST) // 1000 + 1 for attempt in range(10)]
        self.assertEqual(top, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300])

    def test_the_jitter_is_full(self):
        self.assertEqual(schedule.backoff_ms(3, LOWEST), 0)
        self.assertEqual(schedule.backoff_ms(3, MIDDLE), 8_000)

    def test_no_attempt_is_too_many(self):
        self.assertEqual(schedule.backoff_ms(10**9, MIDDLE), 150_000)


class AfterRetryAfter(unittest.TestCase):
    def test_never_sooner_and_a_tenth_later_at_most(self):
        for asked_ms in (1_000, 7_000, 60_000, 3_000_000):
            self.assertEqual(schedule.after_retry_after_ms(asked_ms, LOWEST), asked_ms)
            latest_ms = schedule.after_retry_after_ms(asked_ms, HIGHEST)
            self.assertTrue(asked_ms * 1.09 < latest_ms <= asked_ms * 1.1, latest_ms)

    def test_at_least_a_second(self):
        self.assertEqual(schedule.after_retry_after_ms(1, LOWEST), 1_000)

    def test_an_hour_is_the_most(self):
        self.assertEqual(schedule.after_retry_after_ms(3_500_000, HIGHEST), HOUR_MS)
        self.assertEqual(schedule.after_retry_after_ms(HOUR_MS, HIGHEST), HOUR_MS)
        self.assertEqual(schedule.after_retry_after_ms(HOUR_MS, LOWEST), HOUR_MS)

    def test_more_than_an_hour_is_spread_below_it(self):
        for asked_ms in (HOUR_MS + 1, 10**50):
            self.assertEqual(schedule.after_retry_after_ms(asked_ms, LOWEST), HOUR_MS)
            self.assertEqual(schedule.after_retry_after_ms(asked_ms, MIDDLE), HOUR_MS * 95 // 100)
            self.assertTrue(schedule.after_retry_after_ms(asked_ms, HIGHEST) >= HOUR_MS * 9 // 10)


class Rarely(unittest.TestCase):
    def test_refused_is_hourly(self):
        self.assertEqual(schedule.refused_ms(MIDDLE), HOUR_MS)
        self.assertEqual(schedule.refused_ms(LOWEST), HOUR_MS * 9 // 10)

    def test_too_old_is_daily(self):
        self.assertEqual(schedule.too_old_ms(MIDDLE), 24 * HOUR_MS)
        self.assertEqual(schedule.too_old_ms(LOWEST), 24 * HOUR_MS * 9 // 10)


if __name__ == "__main__":
    unittest.main()
