"""The log on the console: one short line each, the component first, secrets masked.

Does not keep lines and does not tell the time; whoever reads the console can.
"""

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
    return "".join(["?" if _is_control(character) else character for character in text])


def _is_control(character):
    return character < " " or "\x7f" <= character < "\xa0"


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
