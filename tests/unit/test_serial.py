"""Serials: the check character is complete, and a person is told what is wrong with a typed one.

Does not cover random serials by the thousand; `tests/host/test_core_serial.py` does.
"""

import unittest

from firmware.core import serial

SERIAL = serial.make(b"\x01\x23\x45\x67\x89\xab")


def problem(text):
    """Return the sentence `parse` refuses `text` with, or None."""
    try:
        serial.parse(text)
    except ValueError as error:
        return error.args[0]
    return None


class Check(unittest.TestCase):
    def test_the_alphabet_is_a_prime_number_of_distinct_characters(self):
        self.assertEqual(len(serial.ALPHABET), 31)
        self.assertEqual(len(set(serial.ALPHABET)), 31)

    def test_the_check_character_is_worked_out_by_hand(self):
        # "23456" is 0 1 2 3 4: 6*0 + 5*1 + 4*2 + 3*3 + 2*4 = 30, and 30 + 1 is a multiple of 31.
        self.assertEqual(serial.check_character("23456"), "3")
        self.assertEqual(serial.parse("234563"), "234563")

    def test_every_single_substitution_is_caught(self):
        longest = "Z" * (serial.MAX_CHARS - 1)
        for good in (SERIAL, "234563", longest + serial.check_character(longest)):
            for place in range(len(good)):
                for other in serial.ALPHABET:
                    changed = good[:place] + other + good[place + 1 :]
                    self.assertEqual(serial.is_serial(changed), other == good[place], changed)

    def test_every_swap_of_two_places_is_caught(self):
        body = serial.ALPHABET[: serial.MAX_CHARS - 1]
        good = body + serial.check_character(body)
        for first in range(len(good)):
            for second in range(first + 1, len(good)):
                swapped = list(good)
                swapped[first], swapped[second] = swapped[second], swapped[first]
                same = good[first] == good[second]
                self.assertEqual(serial.is_serial("".join(swapped)), same, (first, second))


class Make(unittest.TestCase):
    def test_a_made_serial_is_one(self):
        self.assertEqual(len(SERIAL), 10)
        self.assertTrue(serial.is_serial(SERIAL))

    def test_all_the_random_bits_are_used(self):
        bits = [bytes([0] * (5 - n // 8) + [1 << n % 8] + [0] * (n // 8)) for n in range(44)]
        self.assertEqual(len({serial.make(one) for one in bits}), 44)

    def test_too_little_randomness_is_refused(self):
        with self.assertRaises(ValueError):
            serial.make(b"12345")


class Parse(unittest.TestCase):
    def test_what_a_person_types_becomes_the_serial(self):
        self.assertEqual(serial.parse("  23-45 63\n"), "234563")
        self.assertEqual(serial.parse(SERIAL.lower()), SERIAL)

    def test_only_the_device_form_is_strictly_a_serial(self):
        self.assertTrue(serial.is_serial("234563"))
        for text in ("23-4563", " 234563", SERIAL.lower(), ""):
            self.assertFalse(serial.is_serial(text), text)

    def test_each_fault_is_named(self):
        self.assertEqual(problem("22222"), "too short: 5 characters, a serial has at least 6")
        self.assertEqual(problem("2" * 25), "too long: 25 characters, a serial has at most 24")
        self.assertEqual(problem("23O563"), "character 'O' at position 3 is not used in serials")
        self.assertEqual(problem("234562"), "the check character does not fit: one of the characters is wrong")

    def test_only_ascii_letters_become_capitals(self):
        self.assertIn("position 1", problem("\u017f34563"))


if __name__ == "__main__":
    unittest.main()
