"""Network names: the device's name is recognised, a neighbour's is not.

Does not test serials; `test_serial.py` does.
"""

import unittest

from firmware.core import serial, ssid

SERIAL = "234563"
LONGEST = "2" * 23 + serial.check_character("2" * 23)


class SsidFor(unittest.TestCase):
    def test_the_name_is_prefix_dash_serial(self):
        self.assertEqual(ssid.ssid_for(SERIAL), b"Scale-234563")
        self.assertEqual(ssid.ssid_for(SERIAL, "Rig"), b"Rig-234563")

    def test_the_longest_serial_fits(self):
        self.assertEqual(len(ssid.ssid_for(LONGEST)), 30)

    def test_a_name_of_32_bytes_is_the_last_that_fits(self):
        self.assertEqual(len(ssid.ssid_for(LONGEST, "1234567")), 32)
        with self.assertRaises(ValueError):
            ssid.ssid_for(LONGEST, "12345678")

    def test_bytes_count_and_not_characters(self):
        with self.assertRaises(ValueError):
            ssid.ssid_for(LONGEST, "\u00fc234567")

    def test_no_name_for_what_is_no_serial(self):
        for text in ("234562", "23456", "", "abcdef"):
            with self.assertRaises(ValueError):
                ssid.ssid_for(text)


class SerialFrom(unittest.TestCase):
    def test_our_names_are_recognised(self):
        for one in (SERIAL, LONGEST, serial.make(b"abcdefgh")):
            self.assertEqual(ssid.serial_from(ssid.ssid_for(one)), one)

    def test_any_buffer_of_bytes_will_do(self):
        self.assertEqual(ssid.serial_from(bytearray(b"Scale-234563")), SERIAL)

    def test_a_neighbour_is_not_one_of_ours(self):
        for name in (
            b"",
            b"Scale",
            b"Scale-",
            b"Scale-234562",  # check character
            b"scale-234563",
            b"Scale-234563 ",
            b"Scale-23-4563",
            b"Scale-234563\x00",
            b"Scale_234563",
            b"Scales-234563",
            b"Scale-" + SERIAL.lower().encode() + b"a",
            b"Scale-\xff\xfe\xfd",
            b"\xff" * 32,
            b"Scale-" + b"2" * 26,
        ):
            self.assertIsNone(ssid.serial_from(name), name)

    def test_the_prefix_is_part_of_the_name(self):
        self.assertIsNone(ssid.serial_from(b"Scale-234563", "Rig"))
        self.assertEqual(ssid.serial_from(b"Rig-234563", "Rig"), SERIAL)

    def test_a_longer_name_than_the_standard_allows_is_never_ours(self):
        body = "2" * 23
        name = b"Long-prefix-" + (body + serial.check_character(body)).encode()
        self.assertIsNone(ssid.serial_from(name, "Long-prefix"))


if __name__ == "__main__":
    unittest.main()
