"""The internet behind the routers: names, the platform's front, and the clock service; and packets to visitors.

It moves bytes only to whom an address belongs to.
"""

import errno
import struct

from life import cloud

CLOCKS = ("pool.ntp.org", "time.cloudflare.com", "time.google.com")
_CLOUD, _CLOCK, _NOBODY = "203.0.113.1", "203.0.113.2", "203.0.113.66"
_NTP_1900_S = 2208988800


class Internet:
    """`dns` is None, "dead", "slow" or "wrong"; `clock_offset_s` is how wrong the clock service is, None if silent."""

    def __init__(self, front, true_s):
        self.front = front
        self.dns = None
        self.clock_offset_s = 0
        self.to_visitor = lambda data, address: None
        self._true_s = true_s

    def resolve(self, host):
        """The address of `host` or None, and the ms the look-up takes."""
        if self.dns == "dead":
            return None, 10_000
        if self.dns == "wrong":
            return _NOBODY, 20
        address = _CLOUD if host == cloud.HOST else _CLOCK if host in CLOCKS else None
        return address, 7_000 if self.dns == "slow" else 20

    def open(self, line):
        """The board connects to `line.address`; returns (ms it takes, errno or 0)."""
        if line.address == (_CLOUD, 443):
            return self.front.open(line)
        return 60, errno.ECONNREFUSED

    def datagram(self, data, line):
        """The board sends a packet to `line.address`."""
        if line.address == (_CLOCK, 123) and self.clock_offset_s is not None:
            stamp = struct.pack("!II", self._true_s() + self.clock_offset_s + _NTP_1900_S & 0xFFFFFFFF, 0)
            line.say_later(50, b"\x24\x02\x06\xec" + bytes(20) + data[40:48] + stamp + stamp)
