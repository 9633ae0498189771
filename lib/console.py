"""The log: one short line each, the component first, secrets masked; on the console, and the last lines in memory.

Does not write to flash, and tells the time only where somebody gives it a clock.
"""

import utf8

DEBUG, INFO, WARN, ERROR = 10, 20, 30, 40
KEPT_LINES = 24
MAX_LINE_CHARS = 120

_MASK = "***"
_PREFIX = {DEBUG: "debug: ", INFO: "", WARN: "warning: ", ERROR: "error: "}


_secrets = []
_lines = []
_shown = {"from": INFO, "uptime_ms": None}


def secret(value):
    """Have `value`, text, masked in every line from now on; None or nothing at all is no secret."""
    if value and value not in _secrets:
        _secrets.append(value)
        # The longest first, so that a secret inside another does not leave the rest of it readable.
        _secrets.sort(key=len, reverse=True)


def show(level):
    """Show and keep lines from `level` on, a constant above."""
    _shown["from"] = level


def use_clock(uptime_ms):
    """Have the lines in memory begin with the seconds that the callable `uptime_ms` gives."""
    _shown["uptime_ms"] = uptime_ms


def recent():
    """Return the last lines, at most `KEPT_LINES`, the oldest first."""
    return list(_lines)


def say(text):
    """Print `text`, cleaned, for somebody who has asked; it is not kept."""
    print(clean(text))


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

    def debug(self, message):
        """Print `link: debug: message`, once `show(DEBUG)` was called."""
        self._line(DEBUG, message)

    def info(self, message):
        """Print `link: message`."""
        self._line(INFO, message)

    def warn(self, message):
        """Print `link: warning: message`: the scale goes on, and somebody may want to know."""
        self._line(WARN, message)

    def error(self, message):
        """Print `link: error: message`: something of ours has failed."""
        self._line(ERROR, message)

    def _line(self, level, message):
        if level < _shown["from"]:
            return
        line = clean(f"{self._component}: {_PREFIX[level]}{message}")
        print(line)
        uptime_ms = _shown["uptime_ms"]
        stamp = f"{uptime_ms() / 1000:.1f} " if uptime_ms else ""
        _lines.append((stamp + line)[:MAX_LINE_CHARS])
        if len(_lines) > KEPT_LINES:
            del _lines[0]
