"""`ntptime` as official images freeze it: one question over UDP, one second of patience, then the RTC is set."""

import socket
import struct
from time import gmtime

from machine import RTC

_NTP_TO_2000_S = 3155673600
_FIRST_ERA_S = 3913056000  # 2024-01-01

host = "pool.ntp.org"
timeout = 1


def time():
    """Seconds since 2000 from `host`. Raises OSError when no answer comes."""
    query = bytearray(48)
    query[0] = 0x1B
    address = socket.getaddrinfo(host, 123)[0][-1]
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.settimeout(timeout)
        sock.sendto(query, address)
        reply = sock.recv(48)
    finally:
        sock.close()
    seconds = struct.unpack("!I", reply[40:44])[0]
    if seconds < _FIRST_ERA_S:
        seconds += 1 << 32  # the count starts over in 2036
    return seconds - _NTP_TO_2000_S


def settime():
    """Set the RTC, in UTC."""
    moment = gmtime(time())
    RTC().datetime((moment[0], moment[1], moment[2], moment[6] + 1, moment[3], moment[4], moment[5], 0))
