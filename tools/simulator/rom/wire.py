"""The wire from inside the simulated chip to its supervisor: one question, one answer.

It knows nothing of what is asked. A Ctrl-C in the middle of a question costs that question, never the wire.
"""

import json
import os

import clock
import usocket

_SEQPACKET = 5
_MAX_BYTES = 512

skips_idle = False
has_edges = False
told_ms = 0  # when the supervisor last heard what time it is here
_sock = None
_count = 0


def connect():
    """Open the abstract Unix socket that the supervisor named in the environment."""
    global _sock
    _sock = usocket.socket(usocket.AF_UNIX, _SEQPACKET)
    _sock.connect(b"\x01\x00\x00" + os.getenv("SIMULATOR_WIRE").encode())


def tell(op, number, details):
    """Tell the supervisor what it does not answer."""
    _sock.send(json.dumps((number, op, clock.now_ms(), details)))


def ask(op, max_bytes=_MAX_BYTES, **details):
    """Ask the supervisor; returns its answer of at most `max_bytes`. Raises what the chip would raise.

    The heap belongs to the firmware and may be in pieces, so the buffer is small unless more is expected.
    """
    global _count, told_ms, skips_idle, has_edges
    _count += 1
    asked = _count
    tell(op, asked, details)
    told_ms = clock.now_ms()
    while True:
        number, value, error, (skips_idle, has_edges) = json.loads(_sock.recv(max_bytes))
        if number != asked:
            continue  # the answer to a question that Ctrl-C cut short
        if error is None:
            return value
        if error[0] == "OSError":
            raise OSError(*error[1])
        if error[0] == "ValueError":
            raise ValueError(*error[1])
        raise RuntimeError(*error[1])
