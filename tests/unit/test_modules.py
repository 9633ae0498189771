"""Modules that are forgotten: their memory comes back, and so do they.

Does not test which ones the firmware forgets; `tests/e2e/test_memory.py` does.
"""

import sys
import unittest

import modules

NAME = "firmware.core.page"


class Forget(unittest.TestCase):
    def test_a_module_of_a_package_is_held_by_nobody_and_can_be_had_again(self):
        __import__(NAME)
        self.assertTrue(hasattr(sys.modules["firmware.core"], "page"))
        modules.forget((NAME, "nobody.knows"))
        self.assertFalse(NAME in sys.modules)
        self.assertFalse(hasattr(sys.modules["firmware.core"], "page"))
        from firmware.core import page

        self.assertEqual(page.escaped("<"), "&lt;")

    def test_one_at_the_top_level_too(self):

        modules.forget(("form",))
        self.assertFalse("form" in sys.modules)


if __name__ == "__main__":
    unittest.main()
