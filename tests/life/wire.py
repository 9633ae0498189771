"""The wire from the chip's stand-ins to the board, in one process: a question is a call.

It stands in for `tools/simulator/rom/wire.py`. Here, too, an unforeseen error strikes, if the world ordered one.
"""

from life import clock

skips_idle = True
has_edges = False
told_ms = 0
board = None  # the one under power
calls = 0
_strike_at = -1
_error = None  # makes the error that strikes


def order_strike(nth, error):
    """Have the `nth` call into the chip from now raise what `error` makes then."""
    global _strike_at, _error
    _strike_at, _error = calls + nth, error


def touch():
    """A call into the chip begins. Raises what ended the life already, or the error that was ordered."""
    global calls, _strike_at
    if clock.ending is not None:
        raise clock.ending
    calls += 1
    if calls == _strike_at:
        _strike_at = -1
        error = _error()
        board.struck(error)
        raise error


def tell(op, number, details):
    """Tell the board what it does not answer."""
    ask(op, **details)


def ask(op, max_bytes=0, **details):
    """Ask the board; returns its answer. Raises what the chip would raise."""
    touch()
    return board.answers[op](**details)
