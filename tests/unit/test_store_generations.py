"""The record store's files as power cuts, people, newer firmware and a full flash leave them.

Does not cut the power; the tests under `tests/power` do.
"""

import json
import os
import unittest
from collections import namedtuple

import store
from store_files import NEWER, OLD, PART, PATH, Files, check, enveloped, read, write


class PowerCuts(Files):
    """The files as a cut between two steps of a save leaves them."""

    def test_half_a_part_does_no_harm(self):
        self.record.save({"n": 1})
        write(PART, enveloped({"n": 2}, 2)[:-5])
        self.assertEqual(self.record.load(check), {"n": 1})
        self.assertFalse(self.said("warning"))

    def test_a_whole_part_is_put_in_place(self):
        self.record.save({"n": 1})
        write(PART, enveloped({"n": 2}, 2))
        self.assertEqual(self.record.load(check), {"n": 2})
        self.assertFalse(store._exists(PART))
        self.assertEqual(json.loads(read(OLD))["record"], {"n": 1})

    def test_between_the_two_renames_nothing_is_lost(self):
        write(OLD, enveloped({"n": 1}, 1))
        write(PART, enveloped({"n": 2}, 2))
        self.assertEqual(self.record.load(check), {"n": 2})
        self.assertTrue(store._exists(PATH))


class Written(Files):
    """Files that a person or a tool wrote: plain JSON, no check sum."""

    def test_it_gets_a_sum_once_and_stays_as_the_generation_before(self):
        write(PATH, '{"n": 5}')
        self.assertEqual(self.record.load(check), {"n": 5})
        self.assertEqual((read(PATH), read(OLD)), (enveloped({"n": 5}), b'{"n": 5}'))
        self.record.load(check)
        self.assertEqual((read(PATH), read(OLD)), (enveloped({"n": 5}), b'{"n": 5}'))

    def test_it_wins_over_every_generation(self):
        for number in range(5):
            self.record.save({"n": number})
        write(PATH, '{"n": 99}')
        self.assertEqual(self.record.load(check), {"n": 99})
        self.record.save({"n": 100})
        self.assertEqual(self.record.load(check), {"n": 100})

    def test_damage_to_any_byte_of_any_generation_changes_nothing(self):
        write(PATH, '{"n": 5}')
        self.record.load(check)
        for path in (PATH, OLD):
            whole = read(path)
            for at in range(len(whole)):
                for bit in (0x01, 0x04, 0x10):
                    write(path, whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
                    self.assertEqual(self.record.load(check), {"n": 5})
                    self.clear()
                    write(PATH, enveloped({"n": 5}))
                    write(OLD, '{"n": 5}')

    def test_one_that_gets_no_sum_serves_and_can_be_replaced(self):
        write(PATH, '{"n": 5}')
        write(OLD, enveloped({"n": 1}, 7))
        os.mkdir(PART)
        self.assertEqual(self.record.load(check), {"n": 5})
        self.assertTrue(self.said("gets no sum"))
        os.rmdir(PART)
        self.assertTrue(self.record.save({"n": 6}))
        self.assertEqual((self.record.load(check), json.loads(read(PATH))["generation"]), ({"n": 6}, 9))


class Schemas(Files):
    def setUp(self):
        super().setUp()
        steps = (lambda record: {"n": record["number"]}, lambda record: {"n": record["n"] * 10})
        self.record = store.Record(PATH, steps)

    def test_older_ones_take_each_step_from_theirs_on(self):
        for schema, record in ((1, {"number": 4}), (2, {"n": 4}), (3, {"n": 40})):
            write(PATH, enveloped(record, 1, schema))
            self.assertEqual(self.record.load(check), {"n": 40})

    def test_a_newer_one_is_kept_and_not_used(self):
        newer = enveloped({"m": 1}, 8, 4)
        write(PATH, newer)
        write(OLD, enveloped({"n": 3}, 7, 3))
        self.assertEqual(self.record.load(check), {"n": 3})
        self.assertTrue(self.said("is of a newer firmware (schema 4)"))
        self.assertTrue(self.record.save({"n": 5}))
        self.assertEqual(read(NEWER), newer)
        self.assertEqual(self.record.load(check), {"n": 5})
        self.assertEqual(json.loads(read(PATH))["generation"], 9)

    def test_a_newer_one_outlives_a_save_that_first_completes_another(self):
        newer = enveloped({"m": 1}, 8, 4)
        write(PATH, newer)
        write(PART, enveloped({"n": 3}, 9, 3))
        self.assertTrue(self.record.save({"n": 5}))
        self.assertEqual(read(NEWER), newer)
        self.assertEqual(self.record.load(check), {"n": 5})


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
        self.assertTrue(self.record.load(check) in ({"n": 1}, {"n": 2}))

    def test_a_removal_that_fails_says_so(self):
        self.record.save({"n": 1})
        self.failing("remove")
        self.assertFalse(self.record.remove())
        self.assertTrue(self.said("is not removed"))


if __name__ == "__main__":
    unittest.main()
