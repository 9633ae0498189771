"""`network` as on the chip: every answer, quirks included, comes from the supervisor's model of the radio."""

import clock
import wire

STA_IF = 0
AP_IF = 1

STAT_IDLE = 1000
STAT_CONNECTING = 1001
STAT_GOT_IP = 1010
STAT_BEACON_TIMEOUT = 200
STAT_NO_AP_FOUND = 201
STAT_WRONG_PASSWORD = 202
STAT_ASSOC_FAIL = 203
STAT_CONNECT_FAIL = 203
STAT_HANDSHAKE_TIMEOUT = 204

AUTH_OPEN = 0
AUTH_WPA_PSK = 2
AUTH_WPA2_PSK = 3
AUTH_WPA_WPA2_PSK = 4

_SCAN_BYTES = 8192


def _radio(op, interface, **details):
    return wire.ask("radio", action=op, interface=interface, now_ms=clock.now_ms(), **details)


def _packed(value):
    return {"hex": bytes(value).hex()} if isinstance(value, (bytes, bytearray)) else value


def _unpacked(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


class WLAN:
    """One interface of the radio. Its state lives outside the interpreter and so outlives a soft reset."""

    IF_STA = STA_IF
    IF_AP = AP_IF
    SEC_OPEN = AUTH_OPEN
    SEC_WPA = AUTH_WPA_PSK
    SEC_WPA2 = AUTH_WPA2_PSK
    SEC_WPA_WPA2 = AUTH_WPA_WPA2_PSK

    def __init__(self, interface=STA_IF):
        if interface not in (STA_IF, AP_IF):
            raise ValueError("invalid WLAN interface identifier")
        self._interface = interface

    def active(self, is_active=None):
        return _radio("active", self._interface, wanted=is_active)

    def connect(self, ssid=None, key=None, *, bssid=None):
        _radio("connect", self._interface, ssid=_packed(_bytes(ssid)), key=_packed(_bytes(key)))

    def disconnect(self):
        _radio("disconnect", self._interface)

    def isconnected(self):
        return _radio("isconnected", self._interface)

    def status(self, param=None):
        return _unpacked(_radio("status", self._interface, param=param))

    def scan(self):
        import time

        plan = _radio("scan", self._interface, max_bytes=_SCAN_BYTES)
        time.sleep_ms(plan["ms"])  # blocks the whole interpreter, as on the chip
        return [
            (_unpacked(ssid), _unpacked(bssid), channel, rssi, security, False)
            for ssid, bssid, channel, rssi, security in plan["found"]
        ]

    def config(self, *args, **kwargs):
        if args and kwargs:
            raise TypeError("either pos or kw args are allowed")
        if args:
            return _unpacked(_radio("read_config", self._interface, name=args[0]))
        settings = {name: _packed(value) for name, value in kwargs.items()}
        _radio("write_config", self._interface, settings=settings)

    def ifconfig(self, ip_mask_gateway_dns=None):
        if ip_mask_gateway_dns is not None:
            return _radio("write_address", self._interface, config=list(ip_mask_gateway_dns))
        return tuple(_radio("ifconfig", self._interface))


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def hostname(name=None):
    return wire.ask("hostname", name=name)


def country(code=None):
    return wire.ask("country", code=code)
