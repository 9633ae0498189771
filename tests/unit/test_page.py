"""The page's body: what stands in it when, and that nothing from the air or a person gets in as HTML.

Does not look at it in a browser; `tests/e2e/test_page.py` does.
"""

import json
import unittest

from firmware.core import joining, page, progress
from firmware.core.networks import Network

with open("firmware/page/en.json") as file:
    WORDS = json.load(file)
HOSTILE = b"""<script>"'&"""
ESCAPED = "&lt;script&gt;&quot;&#39;&amp;"


def view(target=None, reached=0, trouble=None, networks=(), problem=None, is_searching=False):
    made = page.View(WORDS, "7KM2XQ9RTF", "Scale-7KM2XQ9RTF", "192.168.4.1", "t0ken")
    made.networks = list(networks)
    made.problem = problem
    made.is_searching = is_searching
    if target is not None:
        made.target, made.progress = target, progress.Progress(reached, trouble)
    return made


def body(*args, **kwargs):
    return "".join(page.body(view(*args, **kwargs)))


HOME = Network(b"Home", 6, -40, True)
REFRESH = 'http-equiv="refresh"'


class Page(unittest.TestCase):
    def test_the_serial_stands_on_every_page(self):
        for shown in (body(), body(b"Home", 1), body(b"Home", 6), body(b"Home", 1, joining.WRONG_KEY)):
            self.assertIn("<b>7KM2XQ9RTF</b>", shown)

    def test_names_from_the_air_are_escaped_wherever_they_stand(self):
        for shown in (
            body(networks=[Network(HOSTILE, 1, -50, True)]),
            body(HOSTILE, 1),
            body(HOSTILE, 3),
            body(HOSTILE, 1, joining.WRONG_KEY),
            body(HOSTILE, 3, progress.NO_INTERNET),
            body(problem=("bad key", HOSTILE)),
            body(problem=(joining.NO_NETWORK, HOSTILE)),
        ):
            self.assertIn(ESCAPED, shown)
            self.assertFalse("<script" in shown)

    def test_a_trouble_with_the_network_opens_the_form_and_keeps_the_name(self):
        for trouble in (
            joining.WRONG_KEY,
            joining.NO_NETWORK,
            joining.NO_ADDRESS,
            joining.OTHER_SECURITY,
            joining.REFUSED,
        ):
            shown = body(b"Home", 1, trouble, [HOME])
            self.assertIn('role="alert"', shown)
            self.assertIn('value="486f6d65" checked', shown)
            self.assertFalse("<details" in shown)
            self.assertIn('class="failed"', shown)

    def test_a_name_that_is_not_in_the_list_is_kept_in_its_field(self):
        shown = body(b"Cellar & Co", 0, joining.NO_NETWORK, [HOME])
        self.assertIn('id="other" checked', shown)
        self.assertIn('name="name" value="Cellar &amp; Co"', shown)

    def test_a_trouble_beyond_the_network_leaves_the_form_open_below(self):
        for reached, trouble in (
            (2, progress.NO_INTERNET),
            (3, progress.REFUSED),
            (3, progress.BUSY),
            (4, progress.EXPIRED),
        ):
            shown = body(b"Home", reached, trouble, [HOME])
            self.assertIn("<details open>", shown)
            self.assertIn('value="486f6d65" checked', shown)
            self.assertIn(page.escaped(WORDS[trouble]).replace("{}", "<bdi>Home</bdi>"), shown)

    def test_while_it_works_the_form_is_folded_and_after_it_gone(self):
        self.assertIn("<details><summary>", body(b"Home", 1))
        self.assertFalse("<form" in body(b"Home", 6))

    def test_a_linked_scale_whose_network_no_longer_takes_it_shows_the_form(self):
        shown = body(b"Home", 6, joining.WRONG_KEY, [HOME])
        self.assertIn('value="486f6d65" checked', shown)
        self.assertFalse("<details" in shown)
        self.assertEqual(shown.count('class="done"'), 6)

    def test_stages_done_now_and_to_come(self):
        shown = body(b"Home", 2)
        self.assertEqual(
            [shown.count('class="%s"' % state) for state in ("done", "now", "to-come", "failed")], [2, 1, 3, 0]
        )
        self.assertEqual(body(b"Home", 6).count('class="done"'), 6)

    def test_without_scripts_it_refreshes_itself_but_not_under_a_form(self):
        for shown, refreshes in (
            (body(b"Home", 1), True),
            (body(b"Home", 4, progress.EXPIRED), True),
            (body(is_searching=True), True),
            (body(), False),
            (body(b"Home", 1, joining.WRONG_KEY), False),
            (body(b"Home", 6), False),
        ):
            self.assertEqual(REFRESH in shown, refreshes)

    def test_every_form_carries_the_token(self):
        shown = body(networks=[HOME])
        self.assertEqual((shown.count("<form"), shown.count('name="token" value="t0ken"')), (2, 2))
        self.assertEqual(shown.count('method="post"'), 2)

    def test_signal_and_lock_are_said_in_words(self):
        shown = body(networks=[HOME, Network(b"cafe", 11, -90, False)])
        self.assertIn("strong, needs a key", shown)
        self.assertIn("weak, open", shown)

    def test_the_part_is_what_stands_in_main(self):
        made = view(b"Home", 2, networks=[HOME])
        whole, part = "".join(page.body(made)), "".join(page.part(made))
        self.assertIn("<main>" + part + "</main>", whole)

    def test_the_language_is_the_first_one_there_is(self):
        for accepted in (None, "", "en", "xx", "de-DE,de;q=0.9", "fr, EN-gb;q=0.5", ";;,,"):
            self.assertEqual(page.language(accepted), "en")


if __name__ == "__main__":
    unittest.main()
