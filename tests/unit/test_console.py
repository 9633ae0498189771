"""The log: one line, the component first, no secret and no control character in it.

Does not test who logs what.
"""

import unittest

import console


class Clean(unittest.TestCase):
    def test_a_secret_is_masked_everywhere(self):
        console.secret("token-1234")
        self.assertEqual(console.clean("POST /things/token-1234/link-id token-1234"), "POST /things/***/link-id ***")

    def test_the_longer_of_two_secrets_is_masked_whole(self):
        console.secret("inner-secret")
        console.secret("outer-inner-secret-outer")
        self.assertEqual(console.clean("key outer-inner-secret-outer."), "key ***.")

    def test_nothing_is_no_secret(self):
        console.secret(None)
        console.secret("")
        self.assertEqual(console.clean("as it was"), "as it was")

    def test_a_line_stays_one_line_and_harmless(self):
        self.assertEqual(console.clean("a\r\nb\x1b[2J\x00\x7f\x9b"), "a??b?[2J???")
        self.assertEqual(console.clean("Caf\u00e9 \u4e2d"), "Caf\u00e9 \u4e2d")


class Lines(unittest.TestCase):
    def setUp(self):
        self.lines = []
        console.print = self.lines.append

    def tearDown(self):
        del console.print

    def test_the_component_comes_first(self):
        link = console.Log("link")
        link.info("waiting for app")
        link.warn("no answer in time")
        self.assertEqual(self.lines, ["link: waiting for app", "link: warning: no answer in time"])

    def test_what_is_no_text_is_shown_and_masked(self):
        console.secret("hidden-key-5")
        console.Log("wifi").info(["hidden-key-5", 3])
        self.assertEqual(self.lines, ["wifi: ['***', 3]"])


if __name__ == "__main__":
    unittest.main()
