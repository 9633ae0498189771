"""`Retry-After` in both of its forms and in the forms that are none.

Does not test how the wait is used; `test_schedule.py` and `test_link.py` do.
"""

import unittest

from firmware.core.retry_after import parse

# RFC 9110, 5.6.7 writes this one moment in all three forms; it is 784111777 in Unix seconds.
MOMENT_S = 784_111_777
FORMS = (
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
)


class Seconds(unittest.TestCase):
    def test_a_number_is_seconds(self):
        self.assertEqual(parse("120"), 120_000)
        self.assertEqual(parse(" 1\r\n"), 1_000)

    def test_no_number_is_too_long(self):
        self.assertEqual(parse("0" * 100 + "3"), 3_000)
        self.assertEqual(parse("9" * 50), (10**50 - 1) * 1000)

    def test_no_wait_is_no_ask(self):
        self.assertIsNone(parse("0"))


class Dates(unittest.TestCase):
    def test_all_three_forms_are_read(self):
        for text in FORMS:
            self.assertEqual(parse(text, MOMENT_S - 90), 90_000, text)

    def test_a_date_says_nothing_without_a_clock(self):
        for text in FORMS:
            self.assertIsNone(parse(text), text)

    def test_a_date_that_has_passed_says_nothing(self):
        for text in FORMS:
            self.assertIsNone(parse(text, MOMENT_S), text)
            self.assertIsNone(parse(text, MOMENT_S + 1), text)

    def test_the_calendar_is_right(self):
        for text, epoch_s in (
            ("Thu, 01 Jan 1970 00:00:01 GMT", 1),
            ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Thu, 31 Dec 2026 23:59:59 GMT", 1_798_761_599),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ):
            self.assertEqual(parse(text, epoch_s - 1), 1_000, text)

    def test_two_digits_are_a_year_no_more_than_50_ahead(self):
        now_s = 1_795_478_400  # 2026-11-24
        self.assertEqual(parse("Wednesday, 25-Nov-26 00:00:00 GMT", now_s), 172_800_000 - 86_400_000)
        self.assertTrue(parse("Wednesday, 25-Nov-76 00:00:00 GMT", now_s) > 0)
        self.assertIsNone(parse("Wednesday, 25-Nov-77 00:00:00 GMT", now_s))


class Rubbish(unittest.TestCase):
    def test_rubbish_says_nothing(self):
        for text in (
            "",
            " ",
            "-1",
            "+1",
            "1.5",
            "1_0",
            "0x10",
            "soon",
            "1 2",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Now 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Tue, 29 Feb 2001 00:00:00 GMT",
            "Mon, 29 Feb 2100 00:00:00 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:60:00 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:1 GMT",
            "Sun, 06 Nov +994 08:49:37 GMT",
            "Sunday, 06-Nov 08:49:37 GMT",
        ):
            self.assertIsNone(parse(text, 0), text)


if __name__ == "__main__":
    unittest.main()
