"""What a scan found, as an owner wants to see it: each name once, the strongest first.

Does not scan. Names come from whoever is in range and stay bytes.
"""

import utf8

_MAX_SHOWN = 12
_STRONG_DBM = -60
_FAIR_DBM = -75
_REPLACEMENT = b"\xef\xbf\xbd"


class Network:
    """One network in range: `ssid` in bytes, `channel`, `rssi_dbm`, and whether it `has_key`."""

    def __init__(self, ssid, channel, rssi_dbm, has_key):
        self.ssid = ssid
        self.channel = channel
        self.rssi_dbm = rssi_dbm
        self.has_key = has_key

    def bars(self):
        """Return the signal as 3 (strong), 2 or 1 (weak)."""
        return 3 if self.rssi_dbm >= _STRONG_DBM else 2 if self.rssi_dbm >= _FAIR_DBM else 1


def listed(rows):
    """Return the networks among `rows`, those of `WLAN.scan()`: the strongest of each name, at most 12, sorted.

    A hidden network shows no name, or one of zeros, and is left out.
    """
    best = {}
    for ssid, _, channel, rssi_dbm, security, _ in rows:
        if not ssid.strip(b"\0"):
            continue
        if ssid not in best or best[ssid].rssi_dbm < rssi_dbm:
            best[ssid] = Network(ssid, channel, rssi_dbm, security != 0)
    return sorted(best.values(), key=lambda network: -network.rssi_dbm)[:_MAX_SHOWN]


def channel_of(ssid, networks):
    """Return the channel of `ssid` in a list of networks, or None."""
    for network in networks:
        if network.ssid == ssid:
            return network.channel
    return None


def name(ssid):
    """Return `ssid` as text for people: what is no text or controls a terminal shows as a replacement character."""
    return b"".join([_REPLACEMENT if _is_hidden(code) else piece for code, piece in utf8.characters(ssid)]).decode()


def _is_hidden(code):
    # No character, C0, DEL, C1, and what cannot be seen or turns the direction of a line: Unicode 15, chapter 23.2.
    return (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or code in (0x61C, 0xFEFF)
    )
