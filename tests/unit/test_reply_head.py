"""The head of a reply: what is kept of it, and what makes it no HTTP.

Does not read streams; `tests/host/test_transport_bounds.py` does.
"""

import unittest

from reply_head import ReplyHead


def head(*lines):
    made = ReplyHead(b"HTTP/1.1 200 OK\r\n")
    for line in lines:
        made.add(line)
    return made


class StatusLine(unittest.TestCase):
    def test_the_status_is_read(self):
        for line in (b"HTTP/1.0 503 Service Unavailable\r\n", b"HTTP/1.1 503\r\n"):
            self.assertEqual(ReplyHead(line).status, 503)

    def test_what_is_no_status_line_is_refused(self):
        for line in (
            b"",
            b"\r\n",
            b"HTTP/1.1\r\n",
            b"HTTP/2 200\r\n",
            b"SSH-2.0 200\r\n",
            b"HTTP/1.1 20\r\n",
            b"HTTP/1.1 2000\r\n",
            b"HTTP/1.1 -20\r\n",
            b"HTTP/1.1 2x0\r\n",
        ):
            with self.assertRaises(ValueError):
                ReplyHead(line)


class Headers(unittest.TestCase):
    def test_without_headers_nothing_is_known(self):
        made = head()
        self.assertEqual((made.length, made.retry_after, made.chunked), (None, None, False))

    def test_three_headers_count_in_any_case(self):
        made = head(b"CONTENT-length: 12\r\n", b"rETRY-aFTER:  7 \r\n", b"Transfer-encoding: chunked\r\n")
        self.assertEqual((made.length, made.retry_after, made.chunked), (12, "7", True))

    def test_others_are_passed_over(self):
        made = head(
            b"Location: https://elsewhere/\r\n",
            b"no colon\r\n",
            b"\xff: \xff\r\n",
            b"X-Content-Length: 5\r\n",
        )
        self.assertEqual((made.length, made.retry_after, made.chunked), (None, None, False))

    def test_a_length_is_one_number(self):
        self.assertEqual(head(b"Content-Length: 5\r\n", b"Content-Length: 5\r\n").length, 5)
        for lines in (
            [b"Content-Length: 5\r\n", b"Content-Length: 6\r\n"],
            [b"Content-Length: 5, 5\r\n"],
            [b"Content-Length: -5\r\n"],
            [b"Content-Length: 0x5\r\n"],
            [b"Content-Length:\r\n"],
        ):
            with self.assertRaises(ValueError):
                head(*lines)

    def test_bytes_that_are_no_text_ask_for_no_wait(self):
        self.assertIsNone(head(b"Retry-After: \xff\r\n").retry_after)


if __name__ == "__main__":
    unittest.main()
