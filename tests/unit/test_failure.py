"""What a failed call is called in the log.

Does not make calls fail; `tests/host/test_transport_*.py` does.
"""

import errno
import unittest

from failure import phrase
from ussl import ISSUER, TlsError


class Phrase(unittest.TestCase):
    def test_each_error_has_its_words(self):
        for error, words in (
            (OSError(errno.ETIMEDOUT), "no answer in time"),
            (OSError(errno.ECONNREFUSED), "connection refused"),
            (OSError(errno.ECONNRESET), "connection broken off"),
            (OSError(errno.EHOSTUNREACH), "no route to the host"),
            (OSError(errno.ENOMEM), "out of memory"),
            (OSError(4242), "error 4242"),
            (OSError(-202), "host name not found"),
            (OSError("host name not found"), "host name not found"),
            (OSError(), "error None"),
            (ValueError("reply is not HTTP"), "reply is not HTTP"),
            (TlsError(ISSUER), "TLS: certificate not signed by a root we trust"),
        ):
            self.assertEqual(phrase(error), words)


if __name__ == "__main__":
    unittest.main()
