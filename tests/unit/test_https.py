"""The caller's rules that no server can bring about: one connection a call, and none left behind.

Does not open connections; `tests/host/test_transport_*.py` does.
"""

import sys
import unittest

import https


class FakeSocket:
    def __init__(self, *kind):
        self.is_closed = False

    def close(self):
        self.is_closed = True


class FakeSockets:
    SOCK_STREAM = 1
    socket = FakeSocket


class FakeClient:
    """A urequests that fails in the middle of a call."""

    __file__ = "/lib/urequests/__init__.mpy"
    usocket = None

    def post(self, url, data, headers):
        self.data = data
        self.socket = self.usocket.socket(0, 0, 0)
        raise OSError("world failed")


class Call(unittest.TestCase):
    def setUp(self):
        self.sockets = https.socket
        https.socket = FakeSockets
        self.client = sys.modules["urequests"] = FakeClient()

    def tearDown(self):
        https.socket = self.sockets
        del sys.modules["urequests"]

    def test_a_call_has_one_connection(self):
        network = https._Network(1_000)
        network.socket(0, 0, 0)
        with self.assertRaises(OSError):
            network.socket(0, 0, 0)

    def test_a_failed_call_leaves_no_socket_and_no_network(self):
        with self.assertRaises(OSError):
            https.post_json("https://host/token", {})
        self.assertTrue(self.client.socket._sock._sock.is_closed)
        self.assertIsNone(self.client.usocket)

    def test_the_body_is_bytes_whatever_is_in_it(self):
        with self.assertRaises(OSError):
            https.post_json("https://host/token", {"name": "Caf\u00e9"})
        self.assertIsInstance(self.client.data, bytes)


if __name__ == "__main__":
    unittest.main()
