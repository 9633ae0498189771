"""TLS for urequests, which asks for a module of this name: every certificate is verified, or nothing is sent.

Does not open sockets and does not know where the roots come from.
"""

import tls

NO_ROOTS = "no roots"
ISSUER = "issuer"
HOST = "host"
EXPIRED = "expired"
NOT_YET_VALID = "not yet valid"
OTHER = "other"

_PHRASES = {
    NO_ROOTS: "no root certificates to verify with",
    ISSUER: "certificate not signed by a root we trust",
    HOST: "certificate is for another host",
    EXPIRED: "certificate expired, or the clock is wrong",
    NOT_YET_VALID: "certificate not yet valid, or the clock is wrong",
    OTHER: "handshake failed",
}

# The words of mbedTLS (x509_crt.c, MBEDTLS_X509_CRT_ERROR_INFO_LIST), the gravest fault first.
_FAULTS = (
    ("not correctly signed by the trusted CA", ISSUER),
    ("does not match with the expected CN", HOST),
    ("validity has expired", EXPIRED),
    ("validity starts in the future", NOT_YET_VALID),
)

_context = None


class TlsError(OSError):
    """TLS could not be had with this host; `reason` is a constant above."""

    def __init__(self, reason):
        super().__init__("TLS: " + _PHRASES[reason])
        self.reason = reason


def use_roots(roots):
    """Trust the certificates in `roots` from now on and no others: an iterable of DER in bytes.

    They are parsed here, one by one, and not kept. Raises ValueError when one is no certificate; then, and
    without any, no host is trusted.
    """
    global _context
    _context = None
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    count = 0
    for der in roots:
        context.load_verify_locations(der)
        count += 1
    if count:
        _context = context


def connect(stream, host):
    """Return a stream that speaks TLS over `stream` with `host`, whose certificate is verified.

    Raises TlsError before any byte of the caller's is sent; OSError when `stream` itself fails.
    """
    if _context is None:
        raise TlsError(NO_ROOTS)
    try:
        return _context.wrap_socket(stream, server_hostname=host)
    except ValueError as error:
        raise TlsError(_reason(str(error))) from None
    except OSError as error:
        # mbedTLS numbers its own errors from -0x1000 down; what is above is the stream's errno.
        if error.errno > -0x1000:
            raise
        raise TlsError(OTHER) from None


def wrap_socket(sock, server_hostname=None):
    """Put TLS under `sock`, an `exchange.Exchange`, and return it: the call urequests makes."""
    sock.start_tls(lambda stream: connect(stream, server_hostname))
    return sock


def _reason(text):
    for words, reason in _FAULTS:
        if words in text:
            return reason
    return OTHER
