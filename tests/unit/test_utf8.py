"""What is text and what is not (RFC 3629, 4), held against every kind of byte string that only looks like it.

Does not show any; `test_networks.py` does.
"""

import unittest

import utf8


def codes(data):
    return [code for code, _ in utf8.characters(data)]


class Utf8(unittest.TestCase):
    def test_text_is_taken_apart_and_nothing_is_lost(self):
        for code in (0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF):
            data = b"a" + chr(code).encode() + b"z"
            self.assertEqual(codes(data), [97, code, 122])
            self.assertEqual(b"".join([piece for _, piece in utf8.characters(data)]), data)
            self.assertTrue(utf8.is_text(data))

    def test_what_is_no_text_is_told_byte_by_byte(self):
        for data in (
            b"\x80",
            b"\xbf",
            b"\xc0\xbc",  # overlong
            b"\xc1\xbf",
            b"\xe0\x9f\xbf",
            b"\xf0\x8f\xbf\xbf",
            b"\xed\xa0\x80",  # a surrogate
            b"\xf4\x90\x80\x80",  # beyond the last one
            b"\xf8\x88\x80\x80\x80",
            b"\xfe",
            b"\xff",
        ):
            self.assertEqual(codes(data), [-1] * len(data))
            self.assertEqual(codes(b"a" + data + b"z"), [97] + [-1] * len(data) + [122])
            self.assertFalse(utf8.is_text(data))

    def test_a_character_cut_short_is_none(self):
        for character in ("é", "€", "\U0001f389"):
            data = character.encode()
            for length in range(1, len(data)):
                self.assertEqual(codes(data[:length]), [-1] * length)
                self.assertEqual(codes(data[:length] + b"z"), [-1] * length + [122])

    def test_nothing_is_text(self):
        self.assertTrue(utf8.is_text(b""))


if __name__ == "__main__":
    unittest.main()
