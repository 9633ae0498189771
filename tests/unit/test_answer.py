"""The answer table of link-api, row by row: a changed row turns its test red.

Does not test when the next call is due; `test_schedule.py` and `test_link.py` do.
"""

import json
import unittest

from firmware.core import answer

WAITING = b'{"status": "success", "message": "waiting for app"}'
LINKED = b'{"status": "success", "message": "linked", "thingId": "01234_567890-0abcde"}'
ERROR = b'{"status": "error", "code": 400, "message": "no"}'


def kind(status, body=ERROR):
    return answer.read(status, body).kind


def linked(thing_id):
    return answer.read(200, json.dumps({"status": "success", "message": "linked", "thingId": thing_id}))


class Rows(unittest.TestCase):
    def test_linked(self):
        for status in (200, 201):
            got = answer.read(status, LINKED)
            self.assertEqual((got.kind, got.thing_id), (answer.LINKED, "01234_567890-0abcde"))

    def test_waiting_for_app(self):
        for status in (200, 201):
            got = answer.read(status, WAITING)
            self.assertEqual((got.kind, got.thing_id), (answer.WAITING, None))

    def test_403_is_transient_for_it_may_be_a_rate_limit(self):
        self.assertEqual(kind(403), answer.TRANSIENT)

    def test_429_is_transient(self):
        self.assertEqual(kind(429), answer.TRANSIENT)

    def test_5xx_is_transient(self):
        for status in (500, 502, 503, 504, 599):
            self.assertEqual(kind(status), answer.TRANSIENT, status)

    def test_400_is_refused(self):
        self.assertEqual(kind(400), answer.REFUSED)

    def test_401_is_refused(self):
        self.assertEqual(kind(401), answer.REFUSED)

    def test_404_is_refused(self):
        self.assertEqual(kind(404), answer.REFUSED)

    def test_410_is_too_old(self):
        self.assertEqual(kind(410), answer.TOO_OLD)

    def test_3xx_is_redirected(self):
        for status in (301, 302, 303, 304, 307, 308):
            self.assertEqual(kind(status), answer.REDIRECTED, status)

    def test_408_is_a_time_out_and_so_transient(self):
        self.assertEqual(kind(408), answer.TRANSIENT)

    def test_another_4xx_is_refused_as_its_class_is(self):
        for status in (402, 405, 409, 418):
            self.assertEqual(kind(status), answer.REFUSED, status)

    def test_any_other_status_is_transient(self):
        for status in (0, 100, 199, 202, 204, 600, 999):
            self.assertEqual(kind(status, LINKED), answer.TRANSIENT, status)

    def test_only_200_and_201_can_link(self):
        for status in range(100, 600):
            if status not in (200, 201):
                self.assertNotEqual(kind(status, LINKED), answer.LINKED, status)
                self.assertNotEqual(kind(status, WAITING), answer.WAITING, status)

    def test_a_call_without_answer_is_transient(self):
        got = answer.failed("no route")
        self.assertEqual((got.kind, got.detail), (answer.TRANSIENT, "no route"))

    def test_tls_spoilt_by_the_clock_is_a_kind_of_its_own(self):
        self.assertEqual(answer.failed("too early", answer.CLOCK).kind, answer.CLOCK)


class Body(unittest.TestCase):
    def test_what_is_not_the_platforms_json_is_transient(self):
        for body in (
            b"",
            b"<html>",
            b"\xff\xfe",
            b"[]",
            b"null",
            b'"linked"',
            b"{}",
            LINKED[:-1],
            LINKED.replace(b"success", b"error"),
            LINKED.replace(b'"linked"', b'"Linked"'),
            LINKED.replace(b'"linked"', b'["linked"]'),
            b'{"status": "success", "message": "waiting for thing"}',
            b'{"status": "success", "message": "linked"}',
            b'{"status": "success", "thingId": "01234"}',
            b'{"message": "linked", "thingId": "01234"}',
        ):
            got = answer.read(200, body)
            self.assertEqual((got.kind, got.thing_id), (answer.TRANSIENT, None), body)
            self.assertEqual(got.detail, "not the platform's JSON (200)")

    def test_a_thing_id_is_a_string_of_1_to_64_printable_characters(self):
        for good in ("a", "x" * 64, "01234_567890-0abcde_fghi-jklm_nopqrs-tuvxyz", "a~!"):
            self.assertEqual(linked(good).thing_id, good)
        for bad in ("", "x" * 65, "a b", "a\n", "\x7f", "caf\u00e9", 7, None, True, ["a"], {"a": 1}):
            self.assertEqual(linked(bad).kind, answer.TRANSIENT, bad)


class RetryAfter(unittest.TestCase):
    def test_the_header_is_read_when_the_trouble_is_transient(self):
        self.assertEqual(answer.read(503, b"", "7").retry_after_ms, 7_000)
        self.assertEqual(answer.read(429, b"", "7").retry_after_ms, 7_000)
        self.assertEqual(answer.read(200, b"<html>", "7").retry_after_ms, 7_000)

    def test_a_date_needs_the_clock(self):
        date = "Sun, 06 Nov 1994 08:49:37 GMT"
        self.assertEqual(answer.read(503, b"", date, 784_111_770).retry_after_ms, 7_000)
        self.assertIsNone(answer.read(503, b"", date).retry_after_ms)

    def test_it_has_no_say_elsewhere(self):
        for status in (302, 400, 410):
            self.assertIsNone(answer.read(status, b"", "7").retry_after_ms, status)
        self.assertIsNone(answer.read(200, WAITING, "7").retry_after_ms)


class Detail(unittest.TestCase):
    def test_nothing_the_platform_wrote_is_repeated(self):
        echo = b'{"status": "error", "code": 401, "message": "TOKEN"}'
        for status in range(100, 600):
            self.assertFalse("TOKEN" in answer.read(status, echo).detail, status)

    def test_it_names_the_status(self):
        self.assertEqual(answer.read(503, b"").detail, "the platform is in trouble (503)")


if __name__ == "__main__":
    unittest.main()
