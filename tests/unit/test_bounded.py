"""The bounded socket over a fake one: what it passes on, what it refuses, and in which shape TLS hears of it.

Does not open sockets; `tests/host/test_transport_bounds.py` meets real ones.
"""

import errno
import unittest

from bounded import BoundedSocket, Deadline, Stream

FAR_MS = 60_000


class FakeSocket:
    """Gives out `data`, or fails with `error`; takes 4 bytes at a time; keeps what it was told."""

    def __init__(self, data=b"", error=None):
        self.data = data
        self.error = error
        self.sent = b""
        self.time_out_s = None

    def settimeout(self, seconds):
        self.time_out_s = seconds

    def recv(self, size):
        if self.error:
            raise OSError(self.error)
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def send(self, data):
        self.sent += bytes(data[:4])
        return min(4, len(data))

    def connect(self, address):
        self.recv(0)


def bounded(fake, limit_ms=FAR_MS, budget_bytes=1000):
    return BoundedSocket(fake, Deadline(limit_ms), budget_bytes)


def errno_of(function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        return error.errno
    return None


class DeadlineOf(unittest.TestCase):
    def test_what_is_left_is_in_seconds(self):
        self.assertTrue(59 < Deadline(FAR_MS).left_s() <= 60)

    def test_nothing_left_is_a_time_out(self):
        for limit_ms in (0, -1):
            self.assertEqual(errno_of(Deadline(limit_ms).left_s), errno.ETIMEDOUT)

    def test_past_it_the_socket_is_not_touched(self):
        fake = FakeSocket(b"data")
        sock = bounded(fake, limit_ms=0)
        for operation, argument in ((sock.connect, None), (sock.read, 1), (sock.write, b"x")):
            self.assertEqual(errno_of(operation, argument), errno.ETIMEDOUT)
        self.assertEqual((fake.time_out_s, fake.data, fake.sent), (None, b"data", b""))

    def test_each_operation_waits_no_longer_than_is_left(self):
        fake = FakeSocket(b"data")
        bounded(fake).read(1)
        self.assertTrue(59 < fake.time_out_s <= 60)

    def test_every_way_a_port_tells_a_time_out_is_one(self):
        for number in (errno.EAGAIN, errno.EINPROGRESS, errno.ETIMEDOUT):
            sock = bounded(FakeSocket(error=number))
            self.assertEqual(errno_of(sock.read, 1), errno.ETIMEDOUT)
            self.assertEqual(errno_of(sock.connect, None), errno.ETIMEDOUT)

    def test_another_error_stays_what_it_is(self):
        self.assertEqual(errno_of(bounded(FakeSocket(error=errno.ECONNRESET)).read, 1), errno.ECONNRESET)


class Budget(unittest.TestCase):
    def test_both_directions_count(self):
        sock = bounded(FakeSocket(b"x" * 9), budget_bytes=8)
        self.assertEqual(sock.write(b"12345678"), 4)
        self.assertEqual(sock.read(4), b"xxxx")
        with self.assertRaises(ValueError):
            sock.read(1)

    def test_a_read_takes_little_memory_whatever_is_asked(self):
        self.assertEqual(len(bounded(FakeSocket(b"x" * 1000)).read(16_384)), 512)


class ForTls(unittest.TestCase):
    def test_bytes_go_into_the_buffer(self):
        buffer = bytearray(5)
        stream = Stream(bounded(FakeSocket(b"abc")))
        self.assertEqual((stream.readinto(buffer), bytes(buffer)), (3, b"abc\x00\x00"))
        self.assertEqual(stream.readinto(buffer), 0)
        self.assertEqual(stream.write(b"123456"), 4)

    def test_an_error_is_a_negative_number_and_kept(self):
        stream = Stream(bounded(FakeSocket(error=errno.ECONNRESET)))
        self.assertEqual(stream.readinto(bytearray(1)), -errno.ECONNRESET)
        self.assertEqual(stream.failure.errno, errno.ECONNRESET)

    def test_the_first_failure_is_the_one_that_is_kept(self):
        fake = FakeSocket(b"x" * 9)
        stream = Stream(bounded(fake, budget_bytes=1))
        self.assertEqual(stream.readinto(bytearray(9)), -errno.EIO)
        fake.error = errno.ECONNRESET
        stream.readinto(bytearray(1))
        self.assertIsInstance(stream.failure, ValueError)

    def test_it_may_be_closed_and_nothing_else(self):
        stream = Stream(bounded(FakeSocket()))
        self.assertEqual((stream.ioctl(4, 0), stream.ioctl(3, 0)), (0, -errno.EINVAL))


if __name__ == "__main__":
    unittest.main()
