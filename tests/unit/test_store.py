"""The record store on a real file system: what is saved is loaded, and the last good generation wins.

Does not cut the power; the tests under `tests/power` do.
"""

import json
import os
import unittest

import store
from store_files import ALL, NEWER, OLD, PART, PATH, Files, check, enveloped, read, write


class Saving(Files):
    def test_no_file_is_what_the_check_makes_of_none(self):
        self.assertEqual(self.record.load(check), {})
        self.assertEqual(self.lines, [])

    def test_what_is_saved_is_loaded_and_the_one_before_is_kept(self):
        for number in range(4):
            self.assertTrue(self.record.save({"n": number}))
            self.assertEqual(self.record.load(check), {"n": number})
            self.assertFalse(store._exists(PART))
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 2})
        self.assertEqual(json.loads(read(PATH))["generation"], 4)
        self.assertEqual(self.lines, [])

    def test_what_is_there_already_is_not_written_again(self):
        self.record.save({"n": 1, "b": [2]})
        before = read(PATH)
        self.assertTrue(self.record.save({"b": [2], "n": 1}) and read(PATH) == before)

    def test_what_is_removed_is_gone_in_every_generation_and_twice_is_no_harm(self):
        for number in range(3):
            self.record.save({"n": number})
        write(NEWER, "{}")
        self.assertTrue(self.record.remove())
        self.assertTrue(self.record.remove())
        self.assertEqual(self.record.load(check), {})
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
            self.assertEqual(self.record.load(check), {"n": 1})
            self.assertTrue(self.said("going on with the generation before"))

    def test_a_huge_file_is_refused_without_being_read_whole(self):
        self.broken(b'{"n": 5, "x": "' + b"x" * 5_000 + b'"}')
        self.assertEqual(self.record.load(check), {"n": 1})
        self.assertTrue(self.said("is too long to be a record"))

    def test_a_record_that_the_check_refuses_leaves_the_generation_before(self):
        self.broken(b'{"n": "S3CR3T"}')
        self.assertEqual(self.record.load(check), {"n": 1})
        self.assertTrue(self.said("n is no number") and self.said("and that is all"))
        self.assertFalse(self.said("S3CR3T"))

    def test_an_envelope_of_the_wrong_kinds_is_no_record(self):
        for schema, number, record in (('"x"', 1, {}), (1, '"x"', {}), (1, 1, []), ("null", 1, {})):
            self.setUp()
            self.broken(enveloped(record, number, schema))
            self.assertEqual(self.record.load(check), {"n": 1})

    def test_what_a_person_wrote_and_nobody_can_use_does_not_push_out_the_good_one(self):
        self.broken(b'{"n": "no number"}')
        self.record.load(check)
        self.record.save({"n": 3})
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 1})

    def test_with_nothing_good_left_there_is_none_and_the_next_save_mends_it(self):
        write(PATH, "{")
        write(OLD, "[")
        self.assertIsNone(self.record.load(check))
        self.assertTrue(self.record.save({"n": 7}))
        self.assertEqual(self.record.load(check), {"n": 7})

    def test_a_damaged_file_never_takes_the_place_of_the_good_one_before(self):
        self.broken(b"{")
        self.record.save({"n": 3})
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 1})
        self.assertEqual(self.record.load(check), {"n": 3})

    def test_a_folder_of_that_name_raises_nothing(self):
        os.mkdir(PATH)
        try:
            self.assertIsNone(self.record.load(check))
            self.assertFalse(self.record.save({"n": 1}))
        finally:
            os.rmdir(PATH)


if __name__ == "__main__":
    unittest.main()
