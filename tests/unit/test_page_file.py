"""A page from a file and what is made on the spot: its size is announced before, and gzip unpacks to the plain page.

Does not know the set-up page; the packed head is made here as `tools/page_head.py` makes it.
"""

import binascii
import io
import os
import struct
import unittest

import deflate
import page_file

PATH = f"/tmp/unit-test-page-{id(object())}"
# One block of fixed codes is the simplest thing that is packed: an empty one says nothing, so the head is stored.
HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"


def stored(head):
    return struct.pack("<BHH", 0, len(head), len(head) ^ 0xFFFF) + head


def packed(head):
    return HEADER + stored(head) + struct.pack("<II", binascii.crc32(head), len(head))


class PageFile(unittest.TestCase):
    def tearDown(self):
        os.remove(PATH)

    def joined(self, size, pieces):
        data = b"".join(pieces)
        self.assertEqual(len(data), size)
        return data

    def test_the_plain_page_is_head_and_body(self):
        for head in (b"", b"<h1>", b"x" * 512, b"x" * 1025):
            self.write(head)
            page = self.joined(*page_file.plain(PATH, lambda: iter(["Grüße", "", "!"])))
            self.assertEqual(page, head + "Grüße!".encode())

    def test_the_packed_page_unpacks_to_the_same_with_a_true_checksum(self):
        for body in ((), ("Grüße", "!"), ("x" * 1000, "y" * 1000)):
            head = b"<h1>" * 300
            self.write(packed(head))
            page = self.joined(*page_file.zipped(PATH, lambda body=body: iter(body)))
            whole = head + "".join(body).encode()
            self.assertEqual(deflate.DeflateIO(io.BytesIO(page), deflate.GZIP).read(), whole)
            self.assertEqual(page[-8:], struct.pack("<II", binascii.crc32(whole), len(whole)))

    def test_size_counts_bytes_and_not_characters(self):
        self.write(b"")
        self.assertEqual(page_file.size(lambda: iter(["Grüße", "\U0001f389"])), 11)

    def test_a_file_that_is_not_there_is_an_oserror(self):
        self.write(b"")
        for make in (page_file.plain, page_file.zipped):
            with self.assertRaises(OSError):
                make(PATH + ".none", lambda: iter(()))

    def write(self, data):
        with open(PATH, "wb") as file:
            file.write(data)


if __name__ == "__main__":
    unittest.main()
