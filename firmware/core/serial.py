"""The serial of a scale: its alphabet, its check character, and what a person may type for it.

Does not know where a serial is kept or shown; `ssid.py` puts it into the name of a network.
"""

# No 0, 1, I, L, O: a person reads a serial off one screen and types it on another.
# 31 characters because the check below is complete only modulo a prime.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

MIN_CHARS = 6
MAX_CHARS = 24  # fewer than the modulus, so that every place has a weight of its own
MIN_RANDOM_BYTES = 6

_BODY_CHARS = 9
_MODULUS = len(ALPHABET)


def make(random_bytes):
    """Return a new serial of 10 characters: 9 that carry 44 bits of `random_bytes`, then the check.

    Raises ValueError for fewer than `MIN_RANDOM_BYTES` bytes, too few to fill the 44 bits.
    """
    if len(random_bytes) < MIN_RANDOM_BYTES:
        raise ValueError(f"a serial takes at least {MIN_RANDOM_BYTES} random bytes")
    number = int.from_bytes(random_bytes, "big")
    body = ""
    for _ in range(_BODY_CHARS):
        number, digit = divmod(number, _MODULUS)
        body += ALPHABET[digit]
    return body + check_character(body)


def check_character(body):
    """Return the character that makes `body`, whose characters are all of the alphabet, a serial.

    Places count from the right and each weighs its number, as in ISBN-10 (ISO 2108): a changed
    character, or two that changed places, always spoil the sum.
    """
    return ALPHABET[-_weighted_sum(body, 2) % _MODULUS]


def is_serial(text):
    """Tell whether `text` is a serial exactly as the device writes it."""
    try:
        return parse(text) == text
    except ValueError:
        return False


def parse(text):
    """Return the serial a person meant by `text`: blanks and dashes dropped, letters made capitals.

    Raises ValueError with a sentence for that person when it cannot be a serial.
    """
    serial = "".join([_capital(character) for character in text if character not in " -\t\r\n"])
    if len(serial) < MIN_CHARS:
        raise ValueError(f"too short: {len(serial)} characters, a serial has at least {MIN_CHARS}")
    if len(serial) > MAX_CHARS:
        raise ValueError(f"too long: {len(serial)} characters, a serial has at most {MAX_CHARS}")
    for place, character in enumerate(serial, 1):
        if character not in ALPHABET:
            raise ValueError(f"character {character!r} at position {place} is not used in serials")
    if _weighted_sum(serial, 1):
        raise ValueError("the check character does not fit: one of the characters is wrong")
    return serial


def _capital(character):
    # Only ASCII: CPython would turn a long s into "S" where MicroPython leaves it alone.
    return character.upper() if "a" <= character <= "z" else character


def _weighted_sum(text, last_weight):
    total = 0
    for weight, character in enumerate(reversed(text), last_weight):
        total += weight * ALPHABET.index(character)
    return total % _MODULUS
