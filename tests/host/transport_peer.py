"""The far side of the transport tests: a scripted server on loopback, and the device's call to it.

Does not speak the link API; the sandbox does.
"""

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import trustme

ROOT = Path(__file__).parents[2]
MICROPYTHON = ROOT / ".venv/bin/micropython"
CLIENT_HOME = str(ROOT / ".build/vendor") + "/"
PATH = [str(ROOT / "lib"), CLIENT_HOME.rstrip("/"), ".frozen"]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

Behaviour = Callable[["Peer", socket.socket], None]


class Peer:
    """A server that does `behave` with each connection; `server_tls` None means plain TCP.

    `http` is every byte it could read above TLS, `connections` how many came. Its stalls end when it is closed.
    """

    def __init__(self, behave: Behaviour, server_tls: ssl.SSLContext | None) -> None:
        self.http = bytearray()
        self.connections = 0
        self.closed = threading.Event()
        self._behave = behave
        self._server_tls = server_tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.port = self._listener.getsockname()[1]
        self.url = f"https://localhost:{self.port}/things/TOKEN/link-id"

    def __enter__(self) -> "Peer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closed.set()
        # close() alone does not wake a thread that waits in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def read_request(self, connection: socket.socket) -> None:
        """Read a request with its 20 bytes of JSON."""
        request = b""
        while not request.endswith(b'"}'):
            data = connection.recv(4096)
            if not data:
                return
            request += data
            self.http.extend(data)

    def stall(self) -> None:
        """Do nothing until the test is over."""
        self.closed.wait(20)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                with self._secured(connection) as above:
                    self._behave(self, above)
            except OSError:
                continue  # the device hung up, as most tests want it to

    def _secured(self, connection: socket.socket) -> socket.socket:
        connection.settimeout(20)
        if self._server_tls is None:
            return connection
        try:
            return self._server_tls.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            raise


def replies(*parts: bytes) -> Behaviour:
    """Return a behaviour that reads the request, sends `parts`, and closes."""

    def behave(peer: Peer, connection: socket.socket) -> None:
        peer.read_request(connection)
        for part in parts:
            connection.sendall(part)

    return behave


def stalls(peer: Peer, _connection: socket.socket) -> None:
    peer.stall()


class Bench:
    """What a transport test works with: a CA the device trusts, servers, and the device's calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA()
        self.root = self.root_of(self.ca)

    def root_of(self, ca: trustme.CA) -> Path:
        """Write the certificate of `ca` as DER and return where."""
        path = self.folder / f"{id(ca)}.der"
        path.write_bytes(ssl.PEM_cert_to_DER_cert(ca.cert_pem.bytes().decode()))
        return path

    def tls(self, certificate: trustme.LeafCert | None = None) -> ssl.SSLContext:
        """Return a server's context with this certificate, or with a good one for localhost."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        (certificate or self.ca.issue_cert("localhost")).configure_cert(context)
        return context

    def peer(self, behave: Behaviour) -> Peer:
        """Return a server with a good certificate that does `behave`."""
        return Peer(behave, self.tls())

    def call(self, url: str, **options: Any) -> Any:
        """Have the device post to `url`; return the outcome."""
        return self.calls({"url": url, **options})[0]

    def call_peer(self, peer: Peer, **options: Any) -> Any:
        """Have the device post to `peer` over https, with a token in the path."""
        return self.call(peer.url, **options)

    def calls(self, *calls: dict[str, Any], roots: list[Path] | None = None) -> list[Any]:
        """Have one device make `calls`, the arguments of `post_json` and its `path`; return the outcomes."""
        defaults = {"client_home": CLIENT_HOME, "deadline_ms": 5_000, "path": PATH}
        order = {
            "roots": [str(root) for root in ([self.root] if roots is None else roots)],
            "calls": [{**defaults, **call} for call in calls],
        }
        ran = subprocess.run(
            [MICROPYTHON, "-X", "heapsize=400k", ROOT / "tests/host/transport_call.py"],
            # On stdin, for this port stops dead over an argument of more than 255 characters.
            input=json.dumps(order),
            env={"MICROPYPATH": ":".join(PATH)},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()]
