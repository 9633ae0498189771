"""Checks for the name and the key of a Wi-Fi network: each returns the value to use or says what is wrong.

Does not know where a value comes from. No message repeats a value, for it may be a secret.
"""

import binascii

MAX_SSID_BYTES = 32  # IEEE 802.11-2020, 9.4.2.2
_HEX = "0123456789abcdefABCDEF"


def passphrase(value):
    """Return a WPA2 passphrase: 8 to 63 printable ASCII characters (IEEE 802.11-2020, J.4.1)."""
    if not 8 <= len(_text(value)) <= 63 or not all(" " <= character <= "~" for character in value):
        raise ValueError("is not 8 to 63 printable ASCII characters")
    return value


def wifi_key(value):
    """Return a WPA2 passphrase, or the key itself as 64 hex digits."""
    if len(_text(value)) == 64 and all(digit in _HEX for digit in value):
        return value
    try:
        return passphrase(value)
    except ValueError as error:
        raise ValueError(error.args[0] + ", nor 64 hex digits") from None


def ssid(value):
    """Return the bytes of a network's name given as text: 1 to 32 of them in UTF-8."""
    return _ssid_bytes(_text(value).encode())


def ssid_hex(value):
    """Return the bytes of a network's name given in hex digits, for a name that is not text."""
    if len(_text(value)) % 2 or not all(digit in _HEX for digit in value):
        raise ValueError("is not pairs of hex digits")
    return _ssid_bytes(binascii.unhexlify(value))


def _ssid_bytes(name):
    if not 1 <= len(name) <= MAX_SSID_BYTES:
        raise ValueError("is not 1 to 32 bytes long")
    return name


def _text(value):
    if isinstance(value, str):
        return value
    raise ValueError("is not text")
