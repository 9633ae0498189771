"""Decodes what an HTML form sends, application/x-www-form-urlencoded, into bytes: a Wi-Fi name need not be text.

Does not judge the values. No message repeats one, for it may be a secret.
"""

import binascii

_HEX = b"0123456789abcdefABCDEF"


def decode(body, max_fields=16):
    """Return a dict from each field's name, text, to its value, bytes (WHATWG URL standard, 5.1).

    Raises ValueError for a broken `%`, a name that is not ASCII or comes twice, and for too many fields.
    """
    found = {}
    for piece in body.split(b"&"):
        if not piece:
            continue
        parts = piece.split(b"=", 1)
        name = _text(_plain(parts[0]))
        if name in found:
            raise ValueError("a field comes twice")
        if len(found) == max_fields:
            raise ValueError(f"more than {max_fields} fields")
        found[name] = _plain(parts[1]) if len(parts) == 2 else b""
    return found


def _text(name):
    if any(byte > 0x7F for byte in name):
        raise ValueError("a field's name is not ASCII")
    return name.decode()


def _plain(text):
    pieces = text.replace(b"+", b" ").split(b"%")
    found = [pieces[0]]
    for piece in pieces[1:]:
        digits = piece[:2]
        if len(digits) < 2 or digits[0] not in _HEX or digits[1] not in _HEX:
            raise ValueError("a % is not followed by two hex digits")
        found.append(binascii.unhexlify(digits) + piece[2:])
    return b"".join(found)
