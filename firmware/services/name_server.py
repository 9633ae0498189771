"""The name server of the scale's own network: every name is the scale, so that a phone finds the page by itself.

What a packet is answered with is decided in `lib/dns_answer`.
"""

import asyncio
import socket

import dns_answer

_PORT = 53
_MAX_BYTES = 512


class NameServer:
    """Answers at `address`, the access point's."""

    def __init__(self, address):
        self._address = address
        self._socket = None

    def open(self):
        """Begin to listen. Raises OSError."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((self._address, _PORT))

    def close(self):
        """Stop listening; `serve` has to be cancelled first."""
        if self._socket:
            self._socket.close()

    async def serve(self):
        """Answer each packet. Never returns."""
        while True:
            await _readable(self._socket)
            try:
                packet, peer = self._socket.recvfrom(_MAX_BYTES)
                reply = dns_answer.answer(packet, self._address)
                if reply is not None:
                    self._socket.sendto(reply, peer)
            except (OSError, MemoryError):
                pass  # whoever asked has gone, or has to ask again


# A generator, as the streams of MicroPython's asyncio are: it has no class for datagrams.
def _readable(sock):
    yield asyncio.core._io_queue.queue_read(sock)
