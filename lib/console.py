"""The log on the console: one short line each, the component first, secrets masked.

Does not keep lines and does not tell the time; whoever reads the console can.
"""

import utf8

_MASK = "***"
_secrets = []


def secret(value):
    """Have `value`, text, masked in every line from now on; None or nothing at all is no secret."""
    if value and value not in _secrets:
        _secrets.append(value)
        # The longest first, so that a secret inside another does not leave the rest of it readable.
        _secrets.sort(key=len, reverse=True)


def clean(text):
    """Return `text` fit for one line of a terminal: secrets masked, control characters shown as `?`."""
    for value in _secrets:
        text = text.replace(value, _MASK)
    data = text.encode()
    if all(0x20 <= byte < 0x7F for byte in data):
        return text
    return b"".join([b"?" if _is_control(code) else piece for code, piece in utf8.characters(data)]).decode()


def _is_control(code):
    return code < 0x20 or 0x7F <= code < 0xA0


class Log:
    """The lines of one component, named by its `component`."""

    def __init__(self, component):
        self._component = component

    def info(self, message):
        """Print `link: message`."""
        print(clean(f"{self._component}: {message}"))

    def warn(self, message):
        """Print `link: warning: message`."""
        self.info(f"warning: {message}")
