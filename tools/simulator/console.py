"""What a simulated board has printed so far, with the moment of each line, and a way to wait for more.

It only remembers; who prints is the terminal's business.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line and when it was complete, on the desk's monotonic clock in seconds."""

    at_s: float
    text: str


class Console:
    """A growing text. `on_line` is called for each complete line, from the device's thread."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.on_line: Callable[[Line], None] = lambda line: None
        self._text = ""
        self._partial = ""
        self._grown = threading.Condition()

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return self._text

    def add(self, data: bytes) -> None:
        """Take in what was printed."""
        if not data:
            return
        text = data.decode(errors="replace")
        *complete, self._partial = (self._partial + text).split("\n")
        lines = [Line(time.monotonic(), line.rstrip("\r")) for line in complete]
        for line in lines:
            self.on_line(line)  # before those who wait wake up, so that what they say comes after
        with self._grown:
            self._text += text
            self.lines += lines
            self._grown.notify_all()

    def wait_for(self, pattern: str, deadline_s: float = 10.0, start: int = 0) -> re.Match[str]:
        """Wait until `pattern` (a regular expression) stands in the text from `start` on.

        Raises TimeoutError with the last lines when it does not come in `deadline_s`.
        """
        wanted = re.compile(pattern, re.MULTILINE)
        with self._grown:
            found = self._grown.wait_for(lambda: wanted.search(self._text, start), deadline_s)
        if found is None:
            raise TimeoutError(f"no {pattern!r} in {deadline_s} s; the console ends with:\n{self._text[-1500:]}")
        return found
