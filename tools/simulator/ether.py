"""The simulated air: home routers and the access points of devices, seen by every scan that shares it.

It knows who is on the air and what they are told to do, not how a station behaves: that is `radio`.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.simulator.internet import Internet

if TYPE_CHECKING:
    from tools.simulator.radio import Radio

OPEN = 0
WPA2 = 3


@dataclass
class Network:
    """A home router's network. Change any field while it runs: stations notice as real ones would."""

    ssid: bytes
    key: bytes | None = None
    channel: int = 6
    rssi_dbm: int = -52
    bssid: bytes = b"\x02\x00\x00\x00\x00\x01"
    hidden: bool = False
    on: bool = True
    dhcp: bool = True
    internet: bool = True
    subnet: str = "192.168.1"

    @property
    def security(self) -> int:
        """0 for an open network, 3 for WPA2, as `network.AUTH_*`."""
        return OPEN if self.key is None else WPA2


@dataclass(frozen=True)
class Beacon:
    """What a scan shows of one transmitter."""

    ssid: bytes
    bssid: bytes
    channel: int
    rssi_dbm: int
    security: int


@dataclass
class Ether:
    """Everything on the air, and the internet behind the routers."""

    networks: list[Network] = field(default_factory=list)
    internet: Internet = field(default_factory=Internet)
    _access_points: dict[bytes, tuple[Beacon, Radio | None]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, network: Network) -> Network:
        """Switch a router on; returns it so that it can be changed later."""
        with self._lock:
            network.bssid = bytes([2, 0, 0, 0, 0, len(self.networks) + 1])
            self.networks.append(network)
        return network

    def find(self, ssid: bytes) -> Network | None:
        """The strongest network of that name that is on, or None."""
        with self._lock:
            named = [network for network in self.networks if network.on and network.ssid == ssid]
        return max(named, key=lambda network: network.rssi_dbm, default=None)

    def announce(self, mac: bytes, beacon: Beacon | None, radio: Radio | None = None) -> None:
        """A device's access point goes on the air, changes, or (None) goes off."""
        with self._lock:
            self._access_points.pop(mac, None)
            if beacon is not None:
                self._access_points[mac] = beacon, radio

    def device(self, ssid: bytes) -> Radio | None:
        """The radio of the device whose access point has this name, or None."""
        with self._lock:
            named = [radio for beacon, radio in self._access_points.values() if beacon.ssid == ssid]
        return named[0] if named else None

    def scan(self) -> list[Beacon]:
        """All beacons, strongest first; a hidden network shows as an empty SSID."""
        with self._lock:
            seen = [
                Beacon(
                    b"" if network.hidden else network.ssid,
                    network.bssid,
                    network.channel,
                    network.rssi_dbm,
                    network.security,
                )
                for network in self.networks
                if network.on
            ]
            seen += [beacon for beacon, _ in self._access_points.values()]
        return sorted(seen, key=lambda beacon: -beacon.rssi_dbm)
