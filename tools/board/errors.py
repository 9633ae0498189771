"""What can go wrong with a board at the end of a cable, each with its exit status.

The message is one line for the person at the desk and says what to do next.
"""

from __future__ import annotations


class BoardError(RuntimeError):
    """Refused before anything was changed, or the board did not do as it was told."""

    status = 1


class PortError(BoardError):
    """There is no such port, it may not be opened, or another program has it."""

    status = 3


class BrokenOff(BoardError):
    """The board went away in the middle: `what` says when, `now` what it starts, where that is known."""

    status = 4

    def __init__(self, what: str, now: str = "") -> None:
        super().__init__("; ".join(filter(None, (what, now, "plug it in and repeat the command"))))
        self.what = what
