"""SLIP frames (RFC 1055), in which esptool and the chip's ROM loader speak.

It knows nothing of what is in a frame.
"""

from __future__ import annotations

_END, _ESCAPE = b"\xc0", b"\xdb"
_ESCAPED_END, _ESCAPED_ESCAPE = b"\xdb\xdc", b"\xdb\xdd"


def frame(payload: bytes) -> bytes:
    """`payload` as it goes over the wire."""
    return _END + payload.replace(_ESCAPE, _ESCAPED_ESCAPE).replace(_END, _ESCAPED_END) + _END


class Frames:
    """Cuts what comes in into frames; a frame may come in pieces, and noise between frames is dropped."""

    def __init__(self) -> None:
        self._held = b""

    def take(self, data: bytes) -> list[bytes]:
        """The payloads that `data` completes."""
        *complete, self._held = (self._held + data).split(_END)
        return [one.replace(_ESCAPED_END, _END).replace(_ESCAPED_ESCAPE, _ESCAPE) for one in complete if one]
