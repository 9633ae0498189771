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

    def test_each_level_has_its_word_and_what_is_below_is_not_shown(self):
        log = console.Log("wifi")
        log.debug("scanned")
        log.error("broke")
        console.show(console.DEBUG)
        log.debug("scanned")
        console.show(console.INFO)
        self.assertEqual(self.lines, ["wifi: error: broke", "wifi: debug: scanned"])

    def test_the_last_lines_are_kept_bounded_masked_and_with_their_time(self):
        console.secret("hidden-key-6")
        console.use_clock(lambda: 61_234)
        try:
            for number in range(console.KEPT_LINES + 5):
                console.Log("link").info(f"{number} hidden-key-6 " + "x" * 500)
        finally:
            console.use_clock(None)
        kept = console.recent()
        self.assertEqual(len(kept), console.KEPT_LINES)
        self.assertTrue(kept[0].startswith("61.2 link: 5 *** xxx"))
        self.assertEqual({len(line) for line in kept}, {console.MAX_LINE_CHARS})

    def test_what_is_said_to_somebody_is_masked_and_not_kept(self):
        console.secret("hidden-key-7")
        before = console.recent()
        console.say("status hidden-key-7")
        self.assertEqual((self.lines, console.recent()), (["status ***"], before))

    def test_what_is_no_text_is_shown_and_masked(self):
        console.secret("hidden-key-5")
        console.Log("wifi").info(["hidden-key-5", 3])
        self.assertEqual(self.lines, ["wifi: ['***', 3]"])


if __name__ == "__main__":
    unittest.main()
