"""Requests from a stream, whole or drop by drop, and what is refused with which status.

Does not open a socket; `tests/e2e/test_under_fire.py` does.
"""

import asyncio
import unittest

import http_request

GET = b"GET /path?a=1 HTTP/1.1\r\nHost: 192.168.4.1\r\nAccept:  */* \r\n\r\n"
POST = b"POST /connect HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=1"


class Stream:
    """Gives `data` in pieces of at most `size`, then the end."""

    def __init__(self, data, size):
        self.data = data
        self.size = size

    async def read(self, most):
        piece = self.data[: min(most, self.size)]
        self.data = self.data[len(piece) :]
        return piece


def read(data, size=4096):
    return asyncio.run(http_request.read(Stream(data, size), ("accept", "x")))


class HttpRequest(unittest.TestCase):
    def refused(self, data, status):
        for size in (1, 4096):
            try:
                read(data, size)
            except http_request.Refused as error:
                self.assertEqual(error.status, status, repr(data[:60]))
            else:
                self.fail(repr(data[:60]))

    def test_a_request_is_the_same_however_it_arrives(self):
        for size in range(1, len(GET) + 1):
            request = read(GET, size)
            self.assertEqual((request.method, request.target, request.body), ("GET", "/path?a=1", b""))
            self.assertEqual(request.headers, {"host": "192.168.4.1", "accept": "*/*"})
            request = read(GET.replace(b"Accept", b"Cookie"), size)
            self.assertEqual(request.headers, {"host": "192.168.4.1"})
            self.assertEqual(read(POST, size).body, b"a=1")

    def test_a_connection_that_ends_early_gets_no_answer(self):
        for length in range(len(POST)):
            self.refused(POST[:length], None)

    def test_the_head_is_bounded(self):
        most = http_request.MAX_HEAD_BYTES
        head = b"GET / HTTP/1.1\r\n"
        while len(head) < most - 300:
            head += b"Y: " + b"y" * 200 + b"\r\n"
        fits = head + b"X: " + b"x" * (most - len(head) - 5) + b"\r\n\r\n"
        self.assertEqual(len(read(fits).headers["x"]), most - len(head) - 5)
        self.refused(head + b"x" + fits[len(head) :], 431)

    def test_a_line_is_bounded(self):
        most = http_request.MAX_LINE_BYTES
        fits = b"GET / HTTP/1.1\r\nX: " + b"x" * (most - 3) + b"\r\n\r\n"
        self.assertEqual(len(read(fits).headers["x"]), most - 3)
        self.refused(fits.replace(b"X:", b"XX:"), 431)
        self.refused(b"GET /" + b"x" * most + b" HTTP/1.1\r\n\r\n", 431)
        self.refused(b"GET /" + b"x" * 100_000, 431)

    def test_the_body_is_bounded(self):
        head = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
        most = http_request.MAX_BODY_BYTES
        self.assertEqual(read(head % most + b"x" * most).body, b"x" * most)
        self.refused(head % (most + 1), 413)
        self.refused(head % 99_999_999, 413)

    def test_lengths_that_are_none_are_refused(self):
        for length in (b"", b"-1", b"+1", b"1,1", b"0x1", b"1 1", b"999999999"):
            self.refused(b"POST / HTTP/1.1\r\nContent-Length: " + length + b"\r\n\r\n", 400)
        self.refused(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411)

    def test_a_second_request_on_the_connection_is_refused(self):
        try:
            read(GET + GET)
        except http_request.Refused as error:
            self.assertEqual(error.status, 400)
        else:
            self.fail("taken")

    def test_what_is_no_request_is_refused(self):
        for head in (
            b"GET",
            b"GET /",
            b"GET  / HTTP/1.1",
            b"GET / HTTP/2",
            b"GET / HTTP/1.1 x",
            b"GET index HTTP/1.1",
            b"GET /\xff HTTP/1.1",
            b"GET /\x7f HTTP/1.1",
            b"\x16\x03\x01\x02\x00",
            b"GET / HTTP/1.1\r\nno colon",
            b"GET / HTTP/1.1\r\n: empty",
            b"GET / HTTP/1.1\r\nHost : blank before the colon",
            b"GET / HTTP/1.1\r\nHost: a\r\nhost: b",
            b"GET / HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 1",
        ):
            self.refused(head + b"\r\n\r\n", 400)
        self.refused(b"BREW /pot HTTP/1.1\r\n\r\n", 501)


if __name__ == "__main__":
    unittest.main()
