"""The radio: the scale's own access point and the station that joins a home network.

It does what it is told and reports numbers as causes; when to join and what to try next is `services.radio`.
Quirks worked around are those of the ESP32 port, v1.24 to v1.28.
"""

import network

from firmware.core import joining

_WPA2 = 3  # network.AUTH_WPA2_PSK, under its name before and after v1.24
_OPEN = 0

# IDF reason codes that `status()` passes through; the port folds some into 202.
_CAUSES = {
    2: joining.WRONG_KEY,
    15: joining.WRONG_KEY,
    201: joining.NO_NETWORK,
    202: joining.WRONG_KEY,
    204: joining.WRONG_KEY,
    210: joining.OTHER_SECURITY,
    211: joining.OTHER_SECURITY,
    212: joining.NO_NETWORK,
}


class Wifi:
    """Both interfaces of the one radio. Nothing is switched until a method is called."""

    def __init__(self):
        self._station = network.WLAN(network.STA_IF)
        self._access_point = network.WLAN(network.AP_IF)
        self._stale_status = None

    def open_access_point(self, ssid, key):
        """Put the access point on the air under `ssid` (bytes), WPA2 with `key`, or open when `key` is None.

        Raises OSError when the radio refuses, or when it did not take the key; then it is off again.
        """
        point = self._access_point
        _asked(point.active, True)
        try:
            # One call, after active(True): before it the port raises, and a key without security= stays unused.
            if key is None:
                _asked(point.config, ssid=ssid, security=_OPEN)
            else:
                _asked(point.config, ssid=ssid, security=_WPA2, key=key)
                if point.config("security") == _OPEN:
                    raise OSError("the access point stayed open in spite of its key")
        except OSError:
            point.active(False)  # or it would be on the air under a name and with a key that are not its own
            raise

    def close_access_point(self):
        """Take the access point off the air, which a soft reset leaves up; returns whether it was up."""
        was_up = self._access_point.active()
        self._access_point.active(False)
        return was_up

    def move_access_point(self, channel):
        """Take the access point to `channel`, if it is on the air and elsewhere; returns whether it moved.

        It need not move: v1.24 ignores the call, and above channel 11 the radio sends only where it has joined.
        """
        point = self._access_point
        if not point.active() or point.config("channel") == channel:
            return False
        try:
            _asked(point.config, channel=channel)
        except OSError:
            return False
        return point.config("channel") == channel

    def access_point_address(self):
        """Return the access point's IPv4 address as text."""
        return self._access_point.ifconfig()[0]

    def has_guests(self):
        """Tell whether anybody is on the access point."""
        return self._access_point.active() and bool(self._access_point.status("stations"))

    def scan(self):
        """Return the rows of `WLAN.scan()`; blocks for 2 to 3 s. Empty while the station is joining.

        Raises OSError when the radio refuses.
        """
        _asked(self._station.active, True)
        return _asked(self._station.scan)

    def join(self, ssid, key):
        """Begin to join `ssid` (bytes) with `key` or, when None, without. Raises OSError when the radio refuses."""
        station = self._station
        _asked(station.active, True)
        # Zero, or the event task tries for ever by itself and hides why it fails.
        station.config(reconnects=0)
        self._stale_status = station.status()
        _asked(station.connect, ssid, key)

    def head_start(self, ssid, key):
        """Begin to join if the station is off, as after power-on; returns whether it has begun."""
        if self._station.active():
            return False
        try:
            self.join(ssid, key)
            return True
        except OSError:
            return False  # whoever joins in earnest meets it again, and says so

    def leave(self):
        """Give up the connection or the attempt; returns whether the radio has to settle before the next one.

        Raises OSError when the radio refuses.
        """
        was_active = self._station.active()
        if was_active:
            _asked(self._station.disconnect)
        return was_active

    def switch_station_off(self):
        """Take the station down; the next `join` brings it up. What is stuck in the driver goes with it."""
        self._station.active(False)

    def progress(self):
        """Return JOINING, JOINED, or the cause of failure, of `core.joining`. `is_stale` says when to doubt it."""
        if self._station.isconnected():
            return joining.JOINED
        status = self._station.status()
        if status < network.STAT_IDLE:
            return _CAUSES.get(status, joining.REFUSED)
        return joining.JOINING

    def is_stale(self):
        """Tell whether the cause shown may be the one of the attempt before: connect() does not clear it."""
        return self._station.status() == self._stale_status

    def is_joined(self):
        """Tell whether the station has an address."""
        return self._station.isconnected()

    def address(self):
        """Return the station's IPv4 address as text."""
        return self._station.ifconfig()[0]


def _asked(call, *values, **named):
    """Make a call of `network.WLAN`: for a refusal that it has no words for, the port raises RuntimeError instead of OSError."""
    try:
        return call(*values, **named)
    except RuntimeError as error:
        raise OSError(error.args[0]) from None
