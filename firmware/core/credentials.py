"""The Wi-Fi network an owner typed: from the fields of the page's form to a network worth trying.

Does not try it. No message repeats a key.
"""

from firmware.core import wifi_fields
from firmware.core.kept import Wifi


class Refused(ValueError):
    """The form cannot be used: `reason` is a key of `firmware/page/en.json`, `ssid` the name to keep, or None."""

    def __init__(self, reason, ssid=None):
        super().__init__(reason)
        self.reason = reason
        self.ssid = ssid


def from_form(form, networks):
    """Return the `Wifi` in `form`, a dict of bytes: `network` in hex or, where that is empty, `name`; and `key`.

    A network of the list that has a key is not tried without one. Raises Refused.
    """
    chosen = form.get("network", b"")
    ssid = _from_hex(chosen) if chosen else form.get("name", b"")
    if not ssid:
        raise Refused("no name")
    if len(ssid) > wifi_fields.MAX_SSID_BYTES:
        raise Refused("long name", ssid)
    key = _key(form.get("key", b""), ssid)
    if chosen and key is None and any(network.ssid == ssid and network.has_key for network in networks):
        raise Refused("no key", ssid)
    return Wifi(ssid, key)


def _from_hex(digits):
    try:
        return wifi_fields.ssid_hex(_ascii(digits))
    except ValueError:
        raise Refused("no name") from None


def _key(typed, ssid):
    if not typed:
        return None
    try:
        return wifi_fields.wifi_key(_ascii(typed))
    except ValueError:
        raise Refused("bad key", ssid) from None


def _ascii(data):
    # Before anybody looks at single characters: see `lib/utf8`.
    if any(byte > 0x7F for byte in data):
        raise ValueError("is not ASCII")
    return data.decode()
