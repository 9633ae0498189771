"""A web page that begins with a file from flash and ends with what is made on the spot: its size, and its pieces.

Does not know what is in it. `tools/page_head.py` writes the packed files. Nothing here holds more than a piece.
"""

import binascii
import struct

_CHUNK_BYTES = 512
_TRAILER_BYTES = 8  # RFC 1952, 2.3.1: CRC and size
_BLOCK_HEADER_BYTES = 5


def plain(path, make_body):
    """Return (bytes in all, an iterator over the pieces); `make_body()` gives the rest of the page as text, piece by piece.

    `make_body` is called twice and has to give the same both times. Raises OSError.
    """
    head_bytes = _size(path)
    return head_bytes + size(make_body), _joined(path, head_bytes, make_body)


def size(make_body):
    """Return how many bytes the pieces of `make_body()` are in UTF-8."""
    return sum(len(piece.encode()) for piece in make_body())


def zipped(path, make_body):
    """Return the same as `plain` in one gzip member (RFC 1952), from a head that the build packed.

    The head's file ends with its CRC and size, from which those of the whole follow. MicroPython on the chip unpacks
    only, so the body goes in a stored block (RFC 1951, 3.2.4).
    """
    head_bytes = _size(path) - _TRAILER_BYTES
    with open(path, "rb") as file:
        file.seek(head_bytes)
        checksum, whole_bytes = struct.unpack("<II", file.read(_TRAILER_BYTES))
    body_bytes = 0
    for piece in make_body():
        data = piece.encode()
        body_bytes += len(data)
        checksum = binascii.crc32(data, checksum)
    block = struct.pack("<BHH", 1, body_bytes, body_bytes ^ 0xFFFF)
    trailer = struct.pack("<II", checksum, whole_bytes + body_bytes)
    all_bytes = head_bytes + _BLOCK_HEADER_BYTES + body_bytes + _TRAILER_BYTES
    return all_bytes, _joined(path, head_bytes, make_body, block, trailer)


class Words:
    """The table in the file at `path`, a key, a tab and a text in each line: a dictionary of them would take three times as much.

    Raises OSError.
    """

    def __init__(self, path):
        with open(path) as file:
            self._lines = "\n" + file.read()

    def __getitem__(self, key):
        """Return the text of `key`. Raises KeyError."""
        at = self._lines.find(f"\n{key}\t")
        if at < 0:
            raise KeyError(key)
        at += len(key) + 2
        return self._lines[at : self._lines.find("\n", at)]


def _size(path):
    with open(path, "rb") as file:
        return file.seek(0, 2)


def _joined(path, head_bytes, make_body, before=b"", after=b""):
    with open(path, "rb") as file:
        for left in range(head_bytes, 0, -_CHUNK_BYTES):
            yield file.read(min(_CHUNK_BYTES, left))
    yield before
    for piece in make_body():
        yield piece.encode()
    yield after
