"""The name of a scale's Wi-Fi network, `<prefix>-<serial>`: written by the device, recognised by the app.

Does not scan and does not start a network.
"""

from firmware.core import serial as serials

PREFIX = "Scale"
MAX_BYTES = 32  # IEEE 802.11-2020, 9.4.2.2: the SSID field is 0 to 32 octets


def ssid_for(serial, prefix=PREFIX):
    """Return the network name, in bytes, of the scale with this serial.

    Raises ValueError when `serial` is not one, or when prefix and serial do not fit in 32 bytes.
    """
    if not serials.is_serial(serial):
        raise ValueError("not a serial, so no network is named after it")
    ssid = (prefix + "-" + serial).encode()
    if len(ssid) > MAX_BYTES:
        raise ValueError(f"an SSID has at most {MAX_BYTES} bytes, this one would have {len(ssid)}")
    return ssid


def serial_from(ssid, prefix=PREFIX):
    """Return the serial in the network name `ssid`, or None when it is not one of our names.

    Takes any bytes, for a name comes from whoever is in range, and never raises.
    """
    head = (prefix + "-").encode()
    if len(ssid) > MAX_BYTES or ssid[: len(head)] != head:
        return None
    try:
        serial = bytes(ssid[len(head) :]).decode()
    except UnicodeError:
        return None
    return serial if serials.is_serial(serial) else None
