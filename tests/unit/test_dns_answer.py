"""The captive name server's answers, packet by packet (RFC 1035, 4.1).

Does not send any; `tests/e2e/test_under_fire.py` does.
"""

import struct
import unittest

import dns_answer

OWN = "192.168.4.1"
A, NS, AAAA, SVCB, HTTPS, ANY = 1, 2, 28, 64, 65, 255


def question(name=b"\x07example\x03com\0", kind=A, group=1, flags=0x0100, count=1, rest=b""):
    return struct.pack(">HHHHHH", 0x1234, flags, count, 0, 0, 0) + name + struct.pack(">HH", kind, group) + rest


class DnsAnswer(unittest.TestCase):
    def test_every_name_is_the_scale(self):
        for name in (b"\x07example\x03com\0", b"\0", b"\x3f" + b"x" * 63 + b"\0"):
            asked = question(name)
            reply = dns_answer.answer(asked, OWN)
            self.assertEqual(struct.unpack_from(">HHHHHH", reply), (0x1234, 0x8580, 1, 1, 0, 0))
            self.assertEqual(reply[12 : len(asked)], asked[12:])
            self.assertEqual(reply[len(asked) :], b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\xc0\xa8\x04\x01")

    def test_other_kinds_get_no_record_and_no_error(self):
        for kind in (NS, AAAA, SVCB, HTTPS, ANY, 0, 65535):
            asked = question(kind=kind)
            reply = dns_answer.answer(asked, OWN)
            self.assertEqual(struct.unpack_from(">HHHHHH", reply), (0x1234, 0x8580, 1, 0, 0, 0))
            self.assertEqual(reply[12:], asked[12:])

    def test_recursion_desired_is_repeated_and_nothing_else_of_the_flags(self):
        self.assertEqual(dns_answer.answer(question(flags=0x07FF & ~0x0100), OWN)[2:4], b"\x84\x80")
        self.assertEqual(dns_answer.answer(question(flags=0x0110), OWN)[2:4], b"\x85\x80")

    def test_what_follows_the_question_is_not_repeated(self):
        asked = question()
        edns = b"\0\0\x29\x05\xb4\0\0\0\0\0\0"
        self.assertEqual(dns_answer.answer(question(rest=edns), OWN), dns_answer.answer(asked, OWN))

    def test_rubbish_is_dropped(self):
        good = question()
        for packet in (
            b"",
            good[:11],
            good[:12],
            good[:-1],  # cut short within the question
            good + b"x" * (513 - len(good)),
            question(flags=0x8100),  # a reply
            question(flags=0x2900),  # another opcode
            question(count=0),
            question(count=2),
            question(group=3),
            question(b"\xc0\x0c"),  # a pointer
            question(b"\x40" + b"x" * 64 + b"\0"),
            question((b"\x3f" + b"x" * 63) * 4 + b"\0"),  # longer than a name can be
        ):
            self.assertIsNone(dns_answer.answer(packet, OWN), repr(packet))

    def test_the_largest_packet_is_answered(self):
        good = question()
        self.assertIsNotNone(dns_answer.answer(good + b"x" * (512 - len(good)), OWN))


if __name__ == "__main__":
    unittest.main()
