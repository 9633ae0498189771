"""A length of wire that counts: it carries connections to the sandbox and keeps how many bytes went each way.

TLS passes through it as it is, so what it counts is what a data plan would.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading


class Meter:
    """`way` is where to connect; the other end is `target`. `up_bytes` come from the device, `down_bytes` go to it."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.up_bytes = self.down_bytes = self.connections = 0
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.way: tuple[str, int] = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                device, _ = self._listener.accept()
            except OSError:  # closed
                return
            self.connections += 1
            threading.Thread(target=self._carry, args=(device,), daemon=True).start()

    def _carry(self, device: socket.socket) -> None:
        with device, contextlib.suppress(OSError), socket.create_connection(self._target) as platform:
            while True:
                ready, _, _ = select.select([device, platform], [], [])
                for source, target in ((device, platform), (platform, device)):
                    if source in ready:
                        data = source.recv(16_384)
                        if not data:
                            return
                        self._count(source is device, len(data))
                        target.sendall(data)

    def _count(self, is_up: bool, size: int) -> None:
        if is_up:
            self.up_bytes += size
        else:
            self.down_bytes += size
