"""What the scale is doing as a person would say it, and whether its own network has to be up for that.

Does not switch a radio; it decides, and asks nobody.
"""

from firmware.core import link

SETUP = "setup"  # waits to be told a Wi-Fi network
JOINING = "joining"
WAITING = "waiting"  # asks the platform, which waits for the app
LINKED = "linked"
EXPIRED = "expired"
TROUBLE = "trouble"


def mode(has_identity, has_wifi, link_state, station_up):
    """Return the mode of a scale with these files, this `link.Link.state`, and a station that has an address or not."""
    if not has_identity:
        return TROUBLE
    if link_state == link.LINKED:
        return LINKED
    if link_state == link.EXPIRED:
        return EXPIRED
    if not has_wifi:
        return SETUP
    if not station_up:
        return JOINING
    return WAITING if link_state in (link.ASKING, link.WAITING) else TROUBLE


def wants_access_point(has_identity, link_state):
    """Tell whether the scale's own network has to be up: while not linked, and only with a serial to name it by."""
    return has_identity and link_state != link.LINKED
