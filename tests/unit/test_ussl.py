"""What mbedTLS says, told apart; and that without roots there is no TLS at all.

Does not shake hands; `tests/host/test_transport_tls.py` does.
"""

import errno
import unittest

import ussl

ISSUER = "The certificate is not correctly signed by the trusted CA"
HOST = "The certificate Common Name (CN) does not match with the expected CN"
EXPIRED = "The certificate validity has expired"
FUTURE = "The certificate validity starts in the future"


class FakeContext:
    def __init__(self, error):
        self.error = error

    def wrap_socket(self, stream, server_hostname):
        raise self.error


class Told(unittest.TestCase):
    def setUp(self):
        ussl.use_roots(())

    tearDown = setUp

    def told(self, error):
        """Return what `connect` raises when mbedTLS raises `error`."""
        ussl._context = FakeContext(error)
        try:
            ussl.connect(None, "host")
        except OSError as told:
            return told

    def test_each_fault_has_its_reason(self):
        for text, reason in (
            (ISSUER, ussl.ISSUER),
            (HOST, ussl.HOST),
            (EXPIRED, ussl.EXPIRED),
            (FUTURE, ussl.NOT_YET_VALID),
            ("The certificate is signed with an unacceptable hash.", ussl.OTHER),
        ):
            self.assertEqual(self.told(ValueError(text)).reason, reason)

    def test_of_several_faults_the_gravest_counts(self):
        self.assertEqual(self.told(ValueError(f"{FUTURE}\n{HOST}\n{ISSUER}")).reason, ussl.ISSUER)
        self.assertEqual(self.told(ValueError(f"{EXPIRED}\n{HOST}")).reason, ussl.HOST)

    def test_a_port_that_gives_only_a_number(self):
        for number in (-9984, -30336):
            self.assertEqual(self.told(OSError(number, "MBEDTLS_ERR")).reason, ussl.OTHER)

    def test_an_error_of_the_stream_is_not_one_of_tls(self):
        told = self.told(OSError(errno.ECONNRESET))
        self.assertEqual((type(told), told.errno), (OSError, errno.ECONNRESET))

    def test_without_roots_the_stream_is_not_touched(self):
        try:
            ussl.connect(None, "host")
        except ussl.TlsError as error:
            self.assertEqual(error.reason, ussl.NO_ROOTS)
            return
        self.fail("connected")

    def test_a_root_that_is_none_leaves_no_trust(self):
        ussl._context = FakeContext(OSError(5))
        with self.assertRaises(ValueError):
            ussl.use_roots([b"rubbish"])
        self.assertIsNone(ussl._context)


if __name__ == "__main__":
    unittest.main()
