"""The sandbox's own certificate authority, and a server certificate for every way a certificate can be wrong.

The authority and the good certificate are kept, so that a restart is the same platform.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

KINDS = ("good", "expired", "not yet valid", "wrong host", "other authority", "self-signed")
_BEGIN, _END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)


class Authority:
    """Issues for `hosts` (names and addresses); its key and certificate live in `folder`."""

    def __init__(self, folder: Path, hosts: list[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.pem_path = folder / "ca.pem"
        key_path = folder / "ca-key.pem"
        if self.pem_path.exists() and key_path.exists():
            self._ca = trustme.CA.from_pem(self.pem_path.read_bytes(), key_path.read_bytes())
        else:
            self._ca = trustme.CA()
            key_path.touch(mode=0o600)
            self._ca.private_key_pem.write_to_path(key_path)
            self._ca.cert_pem.write_to_path(self.pem_path)
        self.der = x509.load_pem_x509_certificate(self._ca.cert_pem.bytes()).public_bytes(Encoding.DER)
        self._hosts = hosts
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, kind: str) -> ssl.SSLContext:
        """A server's TLS context that shows a certificate of this kind."""
        if kind not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            if kind == "self-signed":
                context.load_cert_chain(self._self_signed())
            else:
                self._issue(kind).configure_cert(context)
            self._contexts[kind] = context  # whole: the next connection may be waiting for it already
        return self._contexts[kind]

    def _issue(self, kind: str) -> trustme.LeafCert:
        if kind == "expired":
            return self._ca.issue_cert(*self._hosts, not_before=datetime(2019, 1, 1), not_after=datetime(2020, 1, 1))
        if kind == "not yet valid":
            return self._ca.issue_cert(*self._hosts, not_before=datetime(2036, 1, 1), not_after=datetime(2037, 1, 1))
        if kind == "wrong host":
            return self._ca.issue_cert("elsewhere.example")
        if kind == "other authority":
            return trustme.CA().issue_cert(*self._hosts)
        return self._ca.issue_cert(*self._hosts, not_before=_BEGIN, not_after=_END)

    def _self_signed(self) -> Path:
        """A file with a key and the certificate it signed for itself, which trustme does not make."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self._hosts[0])])
        names = x509.SubjectAlternativeName([x509.DNSName(self._hosts[0])])
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), _BEGIN, _END)
        certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
        path = self.pem_path.with_name("self-signed.pem")
        path.touch(mode=0o600)
        plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
        return path
