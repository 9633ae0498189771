"""The store on a real file system: whole records only, written only on change.

Does not cut the power; the simulator's tests do.
"""

import os
import unittest
from collections import namedtuple

import store

PATH = f"/tmp/unit-test-store-{id(object())}.json"
PART = PATH + ".tmp"


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def exists(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


class Store(unittest.TestCase):
    def setUp(self):
        for path in (PATH, PART):
            if exists(path):
                os.remove(path)

    tearDown = setUp

    def test_a_file_that_is_not_there_is_none(self):
        self.assertIsNone(store.load(PATH))

    def test_what_is_saved_is_loaded(self):
        for record in ({"linked": True, "at": 5}, {"linked": False}, {}):
            store.save(PATH, record)
            self.assertEqual(store.load(PATH), record)
            self.assertFalse(exists(PART))

    def test_what_is_there_already_is_not_written_again(self):
        store.save(PATH, {"a": 1, "b": [2]})
        renamed = []

        def rename(*names):
            renamed.append(names)
            os.rename(*names)

        store.os = namedtuple("Os", ("rename",))(rename)
        try:
            store.save(PATH, {"b": [2], "a": 1})
            self.assertEqual(renamed, [])
            store.save(PATH, {"a": 2})
            self.assertEqual(renamed, [(PART, PATH)])
        finally:
            store.os = os

    def test_a_part_left_by_a_power_cut_does_no_harm(self):
        store.save(PATH, {"a": 1})
        write(PART, '{"a": 2')
        self.assertEqual(store.load(PATH), {"a": 1})
        store.save(PATH, {"a": 3})
        self.assertEqual(store.load(PATH), {"a": 3})

    def test_a_corrupt_file_is_named_and_its_content_is_not(self):
        for text in ("", '{"token": "S3CR3T"', "S3CR3T", "[1]", "null"):
            write(PATH, text)
            try:
                store.load(PATH)
                self.fail("loaded")
            except ValueError as error:
                self.assertIn(PATH, error.args[0])
                self.assertFalse("S3CR3T" in error.args[0])

    def test_a_corrupt_file_is_replaced(self):
        write(PATH, "{")
        store.save(PATH, {"a": 1})
        self.assertEqual(store.load(PATH), {"a": 1})

    def test_what_is_removed_is_gone_and_twice_is_no_harm(self):
        store.save(PATH, {"a": 1})
        store.remove(PATH)
        store.remove(PATH)
        self.assertIsNone(store.load(PATH))

    def test_flash_that_fails_is_no_missing_file(self):
        with self.assertRaises(OSError):
            store.load("/tmp")


if __name__ == "__main__":
    unittest.main()
