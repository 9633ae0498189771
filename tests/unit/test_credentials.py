"""From the fields of a form to a network worth trying, or to the reason why not.

Does not go through every name and key; `tests/host/test_form_properties.py` does.
"""

import unittest

from firmware.core import credentials
from firmware.core.networks import Network

HOME, CAFE = Network(b"Home", 6, -40, True), Network(b"cafe guests", 11, -80, False)


def taken(**form):
    found = credentials.from_form({name: value for name, value in form.items()}, [HOME, CAFE])
    return found.ssid, found.key


class Credentials(unittest.TestCase):
    def refused(self, reason, kept, **form):
        try:
            taken(**form)
        except credentials.Refused as error:
            self.assertEqual((error.reason, error.ssid), (reason, kept))
            self.assertFalse("S3CR3T" in str(error))
        else:
            self.fail(repr(form))

    def test_a_network_of_the_list_comes_in_hex_and_goes_before_a_typed_name(self):
        self.assertEqual(taken(network=b"486f6D65", name=b"typed", key=b"12345678"), (b"Home", "12345678"))
        self.assertEqual(taken(network=b"ff00", key=b"x" * 63), (b"\xff\0", "x" * 63))

    def test_a_hidden_network_comes_by_its_name_with_its_blanks(self):
        self.assertEqual(taken(name=b" \xff ", key=b"a" * 64), (b" \xff ", "a" * 64))
        self.assertEqual(taken(network=b"", name=b"x" * 32), (b"x" * 32, None))

    def test_no_key_is_an_open_network(self):
        self.assertEqual(taken(network=b"6361666520677565737473"), (b"cafe guests", None))
        self.assertEqual(taken(name=b"Home", key=b""), (b"Home", None))

    def test_a_network_that_shows_a_lock_needs_a_key(self):
        self.refused("no key", b"Home", network=b"486f6d65", key=b"")

    def test_what_is_no_name_is_refused(self):
        for form in ({}, {"name": b""}, {"network": b"4"}, {"network": b"zz"}, {"network": b"\xff\xff"}):
            self.refused("no name", None, key=b"12345678", **form)
        self.refused("no name", None, network=b"00" * 33)
        self.refused("long name", b"x" * 33, name=b"x" * 33)

    def test_what_is_no_key_is_refused_and_the_name_kept(self):
        for key in (
            b"S3CR3T7",
            b"S3CR3T" + b"x" * 58,
            b"S3CR3T" + b"x" * 59,
            b"S3CR3T\xc3\xbc.",
            b"S3CR3T\n.",
            b"\xff" * 8,
        ):
            self.refused("bad key", b"Home", name=b"Home", key=key)


if __name__ == "__main__":
    unittest.main()
