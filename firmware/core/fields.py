"""Checks for single values of the settings files: each returns the value to use or says what is wrong.

Does not know which file a value comes from. No message repeats a value, for it may be a secret.
"""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_TOKEN = _LETTERS + _DIGITS + "_-"
_HOST = _LETTERS + _DIGITS + ".-"
_PATH = _LETTERS + _DIGITS + "/._~-"


def _only(value, characters):
    return all(character in characters for character in value)


def text(value):
    """Return a string as it is."""
    if isinstance(value, str):
        return value
    raise ValueError("is not text")


def texts(value):
    """Return a list of strings as it is."""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    raise ValueError("is not a list of texts")


def flag(value):
    """Return a bool as it is."""
    if value is not True and value is not False:
        raise ValueError("is not true or false")
    return value


def whole_number(lowest, highest):
    """Return a check for a whole number from `lowest` to `highest`."""

    def check(value):
        is_number = isinstance(value, int) and value is not True and value is not False
        if not is_number or not lowest <= value <= highest:
            raise ValueError(f"is not a whole number from {lowest} to {highest}")
        return value

    return check


def pin(last):
    """Return a check for the number of a pin of the ESP32, up to `last`.

    1 and 3 are the console's, 6 to 11 the flash chip's, and some there are not (ESP32 datasheet, 2.2).
    """
    number = whole_number(0, last)

    def check(value):
        if number(value) in (1, 3, 24) or 6 <= value <= 11 or 28 <= value <= 31:
            raise ValueError("is not a pin of the ESP32 that is free for this")
        return value

    return check


def token(value):
    """Return a thing token: 8 to 128 letters, digits, `-` and `_`, safe in the path of a URL."""
    if not 8 <= len(text(value)) <= 128 or not _only(value, _TOKEN):
        raise ValueError("is not 8 to 128 letters, digits, - or _")
    return value


def host(value):
    """Return the name or the IPv4 address of a host."""
    if not 1 <= len(text(value)) <= 253 or not _only(value, _HOST) or value[0] in ".-":
        raise ValueError("is not a host name")
    return value


def hosts(value):
    """Return a list of 1 to 8 hosts."""
    if not isinstance(value, list) or not 1 <= len(value) <= 8:
        raise ValueError("is not a list of 1 to 8 host names")
    return [host(one) for one in value]


def api_url(allow_plain_http):
    """Return a check for the platform's address, `https://host[:port][/path]`, given back without a last `/`.

    http is refused unless `allow_plain_http`. There is no place in it for a user, a password or a query.
    """

    def check(value):
        scheme, separator, rest = text(value).partition("://")
        if scheme == "http" and not allow_plain_http:
            raise ValueError("is plain http, which needs allow_plain_http")
        if scheme not in ("http", "https") or not separator:
            raise ValueError("does not begin with https://")
        authority, _, path = rest.partition("/")
        name, colon, port = authority.partition(":")
        host(name)
        if colon and not (port.isdigit() and 1 <= int(port) <= 65535):
            raise ValueError("has a port that is not 1 to 65535")
        if not _only(path, _PATH):
            raise ValueError("has a path with other characters than letters, digits, / . _ ~ and -")
        return value.rstrip("/")

    return check
