"""The chip as a whole: the one way to start it anew."""

import machine


def reset():
    """Start over as after power-on, but for the date and the RTC memory. Does not return."""
    machine.reset()
