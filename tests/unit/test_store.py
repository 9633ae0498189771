"""The record store on a real file system: the last good generation wins, whatever lies in the files.

Does not cut the power; the tests under `tests/power` do.
"""

import binascii
import json
import os
import unittest
from collections import namedtuple

import console
import store

PATH = f"/tmp/unit-test-store-{id(object())}.json"
PART, OLD, NEWER = PATH + ".tmp", PATH + ".old", PATH + ".newer"
ALL = (PATH, PART, OLD, NEWER)


def write(path, data):
    with open(path, "wb") as file:
        file.write(data if isinstance(data, bytes) else data.encode())


def read(path):
    with open(path, "rb") as file:
        return file.read()


def enveloped(record, number=1, schema=1):
    head = f'{{"schema": {schema}, "generation": {number}, "record": {json.dumps(record)}, "crc": "'.encode()
    return head + b"%08x" % binascii.crc32(head) + b'"}'


def check(record):
    """A check as those of `core.settings`: `n` must be a number, and no file at all is {}."""
    if record is None:
        return {}
    if not isinstance(record.get("n"), int):
        raise ValueError("n is no number", "and that is all")
    return record


class Files(unittest.TestCase):
    """Gives each test an empty place and the lines that are logged."""

    def setUp(self):
        for path in ALL:
            if store._exists(path):
                os.remove(path)
        self.lines = []
        console.print = self.lines.append
        self.record = store.Record(PATH, check)

    def tearDown(self):
        del console.print
        store.os = os
        for path in ALL:
            if store._exists(path):
                os.remove(path)

    def said(self, words):
        return any(words in line for line in self.lines)


class Saving(Files):
    def test_no_file_is_what_the_check_makes_of_none(self):
        self.assertEqual(self.record.load(), {})
        self.assertEqual(self.lines, [])

    def test_what_is_saved_is_loaded_and_the_one_before_is_kept(self):
        for number in range(4):
            self.assertTrue(self.record.save({"n": number}))
            self.assertEqual(self.record.load(), {"n": number})
            self.assertFalse(store._exists(PART))
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 2})
        self.assertEqual(json.loads(read(PATH))["generation"], 4)
        self.assertEqual(self.lines, [])

    def test_what_is_there_already_is_not_written_again(self):
        self.record.save({"n": 1, "b": [2]})
        before = read(PATH)
        self.assertTrue(self.record.save({"b": [2], "n": 1}))
        self.assertEqual(read(PATH), before)

    def test_what_is_removed_is_gone_in_every_generation_and_twice_is_no_harm(self):
        for number in range(3):
            self.record.save({"n": number})
        write(NEWER, "{}")
        self.assertTrue(self.record.remove())
        self.assertTrue(self.record.remove())
        self.assertEqual(self.record.load(), {})
        self.assertFalse(any(store._exists(path) for path in ALL))


class Damage(Files):
    def broken(self, data):
        self.record.save({"n": 1})
        self.record.save({"n": 2})
        write(PATH, data)

    def test_each_kind_of_damage_leaves_the_generation_before(self):
        good = enveloped({"n": 2}, 2)
        for data in (b"", good[:-1], good[:20], good.replace(b"2", b"3"), b"\xff" * 200, b"\0" * 64, b"[1]", b"null"):
            self.setUp()
            self.broken(data)
            self.assertEqual(self.record.load(), {"n": 1})
            self.assertTrue(self.said("going on with the generation before"))

    def test_a_huge_file_is_refused_without_being_read_whole(self):
        self.broken(b'{"n": 5, "x": "' + b"x" * 5_000 + b'"}')
        self.assertEqual(self.record.load(), {"n": 1})
        self.assertTrue(self.said("is too long to be a record"))

    def test_a_record_that_the_check_refuses_leaves_the_generation_before(self):
        self.broken(b'{"n": "S3CR3T"}')
        self.assertEqual(self.record.load(), {"n": 1})
        self.assertTrue(self.said("n is no number") and self.said("and that is all"))
        self.assertFalse(self.said("S3CR3T"))

    def test_an_envelope_of_the_wrong_kinds_is_no_record(self):
        for schema, number, record in (('"x"', 1, {}), (1, '"x"', {}), (1, 1, []), ("null", 1, {})):
            self.setUp()
            self.broken(enveloped(record, number, schema))
            self.assertEqual(self.record.load(), {"n": 1})

    def test_with_nothing_good_left_there_is_none_and_the_next_save_mends_it(self):
        write(PATH, "{")
        write(OLD, "[")
        self.assertIsNone(self.record.load())
        self.assertTrue(self.record.save({"n": 7}))
        self.assertEqual(self.record.load(), {"n": 7})

    def test_a_damaged_file_never_takes_the_place_of_the_good_one_before(self):
        self.broken(b"{")
        self.record.save({"n": 3})
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 1})
        self.assertEqual(self.record.load(), {"n": 3})

    def test_a_folder_of_that_name_raises_nothing(self):
        os.mkdir(PATH)
        try:
            self.assertIsNone(self.record.load())
            self.assertFalse(self.record.save({"n": 1}))
        finally:
            os.rmdir(PATH)


class PowerCuts(Files):
    """The files as a cut between two steps of a save leaves them."""

    def test_half_a_part_does_no_harm(self):
        self.record.save({"n": 1})
        write(PART, enveloped({"n": 2}, 2)[:-5])
        self.assertEqual(self.record.load(), {"n": 1})
        self.assertFalse(self.said("warning"))

    def test_a_whole_part_is_put_in_place(self):
        self.record.save({"n": 1})
        write(PART, enveloped({"n": 2}, 2))
        self.assertEqual(self.record.load(), {"n": 2})
        self.assertFalse(store._exists(PART))
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 1})

    def test_between_the_two_renames_nothing_is_lost(self):
        write(OLD, enveloped({"n": 1}, 1))
        write(PART, enveloped({"n": 2}, 2))
        self.assertEqual(self.record.load(), {"n": 2})
        self.assertTrue(store._exists(PATH))


class Written(Files):
    """Files that a person or a tool wrote: plain JSON, no check sum."""

    def test_it_stays_as_it_is_and_is_copied_once(self):
        write(PATH, '{"n": 5}')
        self.assertEqual(self.record.load(), {"n": 5})
        self.assertEqual(read(PATH), b'{"n": 5}')
        copy = read(OLD)
        self.assertEqual(json.loads(copy)["record"], {"n": 5})
        self.record.load()
        self.assertEqual(read(OLD), copy)

    def test_it_wins_over_every_generation(self):
        for number in range(5):
            self.record.save({"n": number})
        write(PATH, '{"n": 99}')
        self.assertEqual(self.record.load(), {"n": 99})
        self.record.save({"n": 100})
        self.assertEqual(self.record.load(), {"n": 100})

    def test_one_that_is_damaged_later_is_had_from_its_copy(self):
        write(PATH, '{"n": 5}')
        self.record.load()
        write(PATH, '{"n":')
        self.assertEqual(self.record.load(), {"n": 5})


class Schemas(Files):
    def setUp(self):
        super().setUp()
        steps = (lambda record: {"n": record["number"]}, lambda record: {"n": record["n"] * 10})
        self.record = store.Record(PATH, check, steps)

    def test_older_ones_take_each_step_from_theirs_on(self):
        for schema, record in ((1, {"number": 4}), (2, {"n": 4}), (3, {"n": 40})):
            write(PATH, enveloped(record, 1, schema))
            self.assertEqual(self.record.load(), {"n": 40})

    def test_a_newer_one_is_kept_and_not_used(self):
        newer = enveloped({"m": 1}, 8, 4)
        write(PATH, newer)
        write(OLD, enveloped({"n": 3}, 7, 3))
        self.assertEqual(self.record.load(), {"n": 3})
        self.assertTrue(self.said("is of a newer firmware (schema 4)"))
        self.assertTrue(self.record.save({"n": 5}))
        self.assertEqual(read(NEWER), newer)
        self.assertEqual(self.record.load(), {"n": 5})
        self.assertEqual(json.loads(read(PATH))["generation"], 9)


class FullFlash(Files):
    def failing(self, name):
        def fail(*_):
            raise OSError(28)

        parts = {"stat": os.stat, "rename": os.rename, "remove": os.remove, name: fail}
        store.os = namedtuple("Os", ("stat", "rename", "remove"))(parts["stat"], parts["rename"], parts["remove"])

    def test_a_save_that_fails_says_so_and_what_was_there_stays(self):
        self.record.save({"n": 1})
        self.failing("rename")
        self.assertFalse(self.record.save({"n": 2}))
        self.assertTrue(self.said("is not stored: no room in flash"))
        store.os = os
        self.assertTrue(self.record.load() in ({"n": 1}, {"n": 2}))

    def test_a_removal_that_fails_says_so(self):
        self.record.save({"n": 1})
        self.failing("remove")
        self.assertFalse(self.record.remove())
        self.assertTrue(self.said("is not removed"))


if __name__ == "__main__":
    unittest.main()
