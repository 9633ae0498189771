"""What is kept in flash, each record as a small object; a Wi-Fi network also the other way round.

Does not check anything: `core.settings` does, and is not needed for as long.
"""

import binascii

import utf8


class Identity:
    """Who this scale is: `serial`, `thing_token` and, if its setup network has one, `setup_key` or None."""

    def __init__(self, serial, thing_token, setup_key):
        self.serial = serial
        self.thing_token = thing_token
        self.setup_key = setup_key


class Settings:
    """How this scale reaches the world: `api_url`, `allow_plain_http`, `ntp_hosts`, `link_deadline_ms`.

    And where its LED and its button are: `led_pin`, `button_pin`.
    """

    def __init__(self, api_url, allow_plain_http, ntp_hosts, link_deadline_ms, led_pin, button_pin):
        self.api_url = api_url
        self.allow_plain_http = allow_plain_http
        self.ntp_hosts = ntp_hosts
        self.link_deadline_ms = link_deadline_ms
        self.led_pin = led_pin
        self.button_pin = button_pin


class Wifi:
    """The home network: `ssid` in bytes and `key`, None for an open network."""

    def __init__(self, ssid, key):
        self.ssid = ssid
        self.key = key


class State:
    """What the scale has achieved: `linked`, the `thing_id`, and `linked_at_s` in Unix seconds; None if not."""

    def __init__(self, linked=False, thing_id=None, linked_at_s=None):
        self.linked = linked
        self.thing_id = thing_id
        self.linked_at_s = linked_at_s


class Crash:
    """The last end of a life that ought not to have been: `why`, and the `lines` of the log before it.

    `uptime_s` is how long that life was, None if nobody could tell; `at_s` the date in Unix seconds, believable or not.
    """

    def __init__(self, why, uptime_s, at_s, lines):
        self.why = why
        self.uptime_s = uptime_s
        self.at_s = at_s
        self.lines = lines


def wifi_record(network):
    """Return the content of wifi.json for a `Wifi`: a name that is not text goes in hex digits."""
    if utf8.is_text(network.ssid):
        record = {"ssid": network.ssid.decode()}
    else:
        record = {"ssid_hex": binascii.hexlify(network.ssid).decode()}
    if network.key is not None:
        record["key"] = network.key
    return record
