"""The wire from inside the simulated chip to its supervisor: one question, one answer.

It knows nothing of what is asked. A Ctrl-C in the middle of a question costs that question, never the wire.
"""

import json
import os

import usocket

_SEQPACKET = 5
_MAX_BYTES = 512

skips_idle = False
_sock = None
_count = 0


def connect():
    """Open the abstract Unix socket that the supervisor named in the environment."""
    global _sock
    _sock = usocket.socket(usocket.AF_UNIX, _SEQPACKET)
    _sock.connect(b"\x01\x00\x00" + os.getenv("SIMULATOR_WIRE").encode())


def ask(op, max_bytes=_MAX_BYTES, **details):
    """Ask the supervisor; returns its answer of at most `max_bytes`. Raises what the chip would raise.

    The heap belongs to the firmware and may be in pieces, so the buffer is small unless more is expected.
    """
    global _count, skips_idle
    _count += 1
    question = (_count, op, details)
    _sock.send(json.dumps(question))
    while True:
        number, value, error, skips_idle = json.loads(_sock.recv(max_bytes))
        if number != question[0]:
            continue  # the answer to a question that Ctrl-C cut short
        if error is None:
            return value
        if error[0] == "OSError":
            raise OSError(*error[1])
        if error[0] == "ValueError":
            raise ValueError(*error[1])
        raise RuntimeError(error[1])
