"""Which bytes are text: UTF-8 as RFC 3629 has it, character by character.

The interpreter lets surrogates and overlong forms pass, and keeps for ever each single character that it looked at.
Here characters stay bytes.
"""

_SMALLEST = (0, 0, 0x80, 0x800, 0x10000)  # by the number of bytes: anything below is an overlong form


def characters(data):
    """Yield (code point, its bytes) for each character of `data`; a byte that belongs to none has code point -1."""
    at = 0
    while at < len(data):
        size = _size(data[at])
        code = _code(data[at : at + size], size)
        if code < 0:
            size = 1
        yield code, data[at : at + size]
        at += size


def is_text(data):
    """Tell whether all of `data` is UTF-8."""
    return all(code >= 0 for code, _ in characters(data))


def _size(lead):
    if lead < 0xC0:
        return 1
    return 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4


def _code(piece, size):
    if size == 1 or len(piece) < size:
        return piece[0] if piece[0] < 0x80 else -1
    code = piece[0] & (0x7F >> size)
    for byte in piece[1:]:
        if byte & 0xC0 != 0x80:
            return -1
        code = code << 6 | byte & 0x3F
    is_legal = _SMALLEST[size] <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF and piece[0] < 0xF8
    return code if is_legal else -1
