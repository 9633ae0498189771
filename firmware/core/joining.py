"""How joining a home network goes: the names of its outcomes, and how long to try and to pause.

Does not touch a radio; the numbers are ms.
"""

JOINING = "joining"
JOINED = "joined"
NO_NETWORK = "no such network in range"
WRONG_KEY = "probably a wrong key"
OTHER_SECURITY = "the network wants another kind of key, or none"
NO_ADDRESS = "the router gave no address"
REFUSED = "the radio refused"

ATTEMPT_MS = 20_000
# A scan of all channels takes 2.5 s, and many a router 10 s for an address; until it comes the port shows the cause of
# the attempt before, which counts only after this.
STALE_MS = 12_000
# The radio needs about a second between a disconnect and the next connect.
SETTLE_MS = 1_000

_FIRST_PAUSE_MS = 5_000
_PAUSE_MS = 30_000
# While it looks for a network the radio leaves its own access point, and with it whoever is there.
_GUEST_PAUSE_MS = 300_000
_QUICK_ATTEMPTS = 3


def pause_ms(failures, has_guests=False):
    """Return the pause after so many failed attempts in a row: short at first, then 30 s for ever.

    It is 5 min while somebody is on the scale's own access point. A router that starts slower than the
    scale is the usual case after a power cut, so it never gives up.
    """
    if has_guests:
        return _GUEST_PAUSE_MS
    return _FIRST_PAUSE_MS if failures <= _QUICK_ATTEMPTS else _PAUSE_MS


def outcome(progress, is_stale, elapsed_ms):
    """Return what an attempt has come to, JOINING while it goes on.

    `progress` is what the radio reports, `is_stale` whether it reported the same before the attempt began.
    """
    if progress == JOINED:
        return JOINED
    if elapsed_ms >= ATTEMPT_MS:
        return NO_ADDRESS if progress == JOINING else progress
    if progress == JOINING or (is_stale and elapsed_ms < STALE_MS):
        return JOINING
    return progress
