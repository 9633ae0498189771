"""How far the scale has come, for page and LED: the stages of a set-up in their order, and what holds it up.

Does not ask anybody: what radio, clock and link report is handed in.
"""

from firmware.core import joining, states

STAGES = ("found", "joined", "clock", "platform", "app", "linked")

# What holds it up, beside the causes of `core.joining`; each has its sentence in `firmware/page/en.json`.
NO_INTERNET = "no internet"
BUSY = "the platform is in trouble"
REFUSED = "the platform refuses"
TOO_OLD = "the firmware is too old"
EXPIRED = "expired"

_TROUBLE_OF = {states.REFUSED: REFUSED, states.TOO_OLD: TOO_OLD, states.EXPIRED: EXPIRED}
_BEFORE_CLOCK, _BEFORE_PLATFORM, _BEFORE_APP = 2, 3, 4
# Only a network that is there answers like this.
_ANSWERS = (joining.WRONG_KEY, joining.OTHER_SECURITY, joining.NO_ADDRESS)


class Progress:
    """`reached` is the number of STAGES done, `trouble` what holds the next one up, or None."""

    def __init__(self, reached, trouble=None):
        self.reached = reached
        self.trouble = trouble

    def is_done(self):
        """Tell whether the scale is linked."""
        return self.reached == len(STAGES)


def of(is_found, is_joined, cause, clock_is_set, clock_is_silent, link):
    """Return the `Progress` of a scale that knows a network.

    `cause` is why the last attempt to join failed, or None; `link` the `core.link.Link`, or `core.states.Linked`.
    """
    if link.state == states.LINKED:
        return Progress(len(STAGES), None if is_joined else cause)
    if not is_joined:
        return Progress(1 if cause in _ANSWERS or (is_found and cause != joining.NO_NETWORK) else 0, cause)
    if not clock_is_set:
        return Progress(_BEFORE_CLOCK, NO_INTERNET if clock_is_silent else None)
    if link.state == states.WAITING:
        return Progress(_BEFORE_APP)
    if link.state == states.EXPIRED:
        return Progress(_BEFORE_APP, EXPIRED)
    if link.state == states.TROUBLE:
        return Progress(_BEFORE_PLATFORM, BUSY if link.was_answered else NO_INTERNET)
    return Progress(_BEFORE_PLATFORM, _TROUBLE_OF.get(link.state))
