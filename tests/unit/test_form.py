"""What a browser's form becomes: bytes, for a Wi-Fi name need not be text.

Does not judge a value; `test_credentials.py` does.
"""

import unittest

import form


class Form(unittest.TestCase):
    def test_fields_are_taken_apart(self):
        for body, expected in (
            (b"", {}),
            (b"a=1&b=2", {"a": b"1", "b": b"2"}),
            (b"a=&b", {"a": b"", "b": b""}),
            (b"a=1=2&&c=%3D", {"a": b"1=2", "c": b"="}),
            (b"a=x+y%20z%2B", {"a": b"x y z+"}),
            (b"%61=%ff%00%C3%A9%0a", {"a": b"\xff\0\xc3\xa9\n"}),
            (b"=5", {"": b"5"}),
        ):
            self.assertEqual(form.decode(body), expected)

    def test_every_byte_arrives_as_it_was_sent(self):
        for byte in range(256):
            self.assertEqual(form.decode(b"a=%%%02X." % byte)["a"], bytes([byte]) + b".")
            self.assertEqual(form.decode(b"a=%%%02x" % byte)["a"], bytes([byte]))

    def test_what_no_browser_sends_is_refused_without_the_value(self):
        for body in (b"key=S3CR3T%", b"key=S3CR3T%4", b"key=S3CR3T%zz", b"key=S3CR3T%+4", b"k\xfcy=S3CR3T"):
            self.refused(body)
        self.refused(b"key=S3CR3T&key=S3CR3T")
        self.refused(b"&".join(b"f%d=S3CR3T" % number for number in range(17)))
        self.assertEqual(len(form.decode(b"&".join(b"f%d=" % number for number in range(16)))), 16)

    def refused(self, body):
        try:
            form.decode(body)
        except ValueError as error:
            self.assertFalse("S3CR3T" in error.args[0])
        else:
            self.fail(repr(body))


if __name__ == "__main__":
    unittest.main()
