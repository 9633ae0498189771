"""What a captive portal's name server replies to one packet: every name has the same IPv4 address, and no other record.

Does not receive or send. RFC 1035, 4.1 names the layout; what follows the question is neither read nor repeated.
"""

import struct

_MAX_PACKET_BYTES = 512  # RFC 1035, 4.2.1
_MAX_NAME_BYTES = 255
_HEADER_BYTES = 12
_A, _IN = 1, 1
# A phone takes the name home with it; there it must soon ask anew.
_TTL_S = 1
_RESPONSE, _OPCODE, _RECURSION_DESIRED = 0x8000, 0x7800, 0x0100
_AUTHORITATIVE, _RECURSION_AVAILABLE = 0x0400, 0x0080
_POINTER_TO_NAME = b"\xc0\x0c"


def answer(packet, address):
    """Return the reply to `packet` (bytes), or None to drop it; `address` is "192.168.4.1" or the like.

    An A question gets the address, any other an answer without records. Never raises for what may come.
    """
    if not _HEADER_BYTES <= len(packet) <= _MAX_PACKET_BYTES:
        return None
    number, flags, questions = struct.unpack_from(">HHH", packet)
    if flags & (_RESPONSE | _OPCODE) or questions != 1:
        return None
    end = _end_of_name(packet)
    if end is None or end + 4 > len(packet):
        return None
    kind, group = struct.unpack_from(">HH", packet, end)
    if group != _IN:
        return None
    flags = _RESPONSE | _AUTHORITATIVE | flags & _RECURSION_DESIRED | _RECURSION_AVAILABLE
    head = struct.pack(">HHHHHH", number, flags, 1, 1 if kind == _A else 0, 0, 0)
    reply = head + bytes(packet[_HEADER_BYTES : end + 4])
    return reply + _record(address) if kind == _A else reply


def _end_of_name(packet):
    """Return where the question's name ends, or None when it has no proper end."""
    at = _HEADER_BYTES
    while at < len(packet) and at - _HEADER_BYTES < _MAX_NAME_BYTES:
        length = packet[at]
        if length == 0:
            return at + 1
        if length > 63:  # a pointer, or nothing known
            return None
        at += 1 + length
    return None


def _record(address):
    numbers = bytes([int(number) for number in address.split(".")])
    return _POINTER_TO_NAME + struct.pack(">HHIH", _A, _IN, _TTL_S, len(numbers)) + numbers
