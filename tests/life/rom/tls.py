"""`tls` as the firmware may use it: a handshake that verifies as mbedTLS does, and then the plain bytes.

The certificate is a line of text; what it is refused with are the chip's own exceptions (words of x509_crt.c).
"""

from life import clock, wire

PROTOCOL_TLS_CLIENT = 0
CERT_NONE = 0
CERT_OPTIONAL = 1
CERT_REQUIRED = 2

CERTIFICATE_BYTES = 3000
_CHUNK_BYTES = 512
_CA_CHAIN_REQUIRED = -30336
_CONN_EOF = -29312
_WORDS = {
    "issuer": "The certificate is not correctly signed by the trusted CA\n",
    "host": "The certificate Common Name (CN) does not match with the expected CN\n",
    "expired": "The certificate validity has expired\n",
    "future": "The certificate validity starts in the future\n",
}


class SSLContext:
    """Trusts the roots it was given, in DER, and no others."""

    def __init__(self, protocol):
        self.verify_mode = CERT_REQUIRED
        self._roots = []

    def load_verify_locations(self, cadata):
        if cadata[:1] != b"\x30":
            raise ValueError("invalid cert")
        self._roots.append(bytes(cadata))

    def wrap_socket(self, sock, *, server_side=False, do_handshake_on_connect=True, server_hostname=None):
        wire.touch()
        if self.verify_mode == CERT_REQUIRED and server_hostname is None:
            raise ValueError("CERT_REQUIRED requires server_hostname")
        if self.verify_mode == CERT_REQUIRED and not self._roots:
            raise OSError(_CA_CHAIN_REQUIRED, "MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED")
        stream = _Secured(sock)
        stream.write(b"\x16" + server_hostname.encode() + b"\n")
        faults = "".join([_WORDS[fault] for fault in self._faults(stream.certificate(), server_hostname)])
        if faults and self.verify_mode == CERT_REQUIRED:
            raise ValueError(faults)
        return stream

    def _faults(self, certificate, host):
        issuer, name, from_s, until_s = certificate.split("|")[:4]
        now_s = clock.date_ms() // 1000 + clock.EPOCH_2000_S
        if not any(issuer.encode() in root for root in self._roots):
            yield "issuer"
        if name != host:
            yield "host"
        if now_s > int(until_s):
            yield "expired"
        if now_s < int(from_s):
            yield "future"


class _Secured:
    """The stream above the one given, which says an error as a negative number."""

    def __init__(self, below):
        self._below = below
        self._ahead = b""

    def certificate(self):
        """What the other side shows. Raises OSError when nothing of it comes."""
        data = b""
        while len(data) < CERTIFICATE_BYTES:
            more = self.read(CERTIFICATE_BYTES - len(data))
            if not more:
                raise OSError(_CONN_EOF, "MBEDTLS_ERR_SSL_CONN_EOF")
            data += more
        return data.decode()

    def read(self, size=-1):
        wire.touch()
        if not self._ahead:
            buffer = bytearray(_CHUNK_BYTES)
            count = _checked(self._below.readinto(buffer))
            self._ahead = bytes(buffer[:count])
        if size < 0:
            size = len(self._ahead)
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        return data

    def write(self, data):
        wire.touch()
        return _checked(self._below.write(data))

    def close(self):
        pass


def _checked(count):
    if count < 0:
        raise OSError(-count)
    return count
