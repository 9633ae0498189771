"""A simulated ESP32's one radio: station and access point as `network.WLAN` asks for them over the wire.

It decides what each call answers or raises; how a connection comes about is `station`.
"""

from __future__ import annotations

from typing import Any

from tools.simulator import access_point as access_points
from tools.simulator.access_point import AccessPoint
from tools.simulator.ether import Beacon, Ether
from tools.simulator.ports import Ports
from tools.simulator.station import RadioError, Station, Timing

STA, AP = 0, 1
_NO_ADDRESS = ["0.0.0.0"] * 4
_AP_RSSI_DBM = -30
_OLD_NAMES = {"essid": "ssid", "authmode": "security", "password": "key"}
_COMMON_SETTINGS = ("mac", "txpower", "pm", "protocol", "hostname", "dhcp_hostname")


class Radio:
    """Both interfaces. All calls take `now_ms`, the device's own clock."""

    def __init__(self, ether: Ether, mac: bytes, timing: Timing) -> None:
        self._ether = ether
        self._mac = mac
        self._timing = timing
        self.ports = Ports()
        self.off()

    def off(self) -> None:
        """Power is gone, or a hard reset came."""
        self.station = Station(self._ether, self._timing)
        self.access_point = AccessPoint(b"ESP_" + self._mac[3:].hex().upper().encode())
        self._ether.announce(self._mac, None)

    def call(self, action: str, interface: int, now_ms: int, **details: Any) -> Any:
        """Serve one call of `network.WLAN`; raises RadioError or ValueError as the chip does."""
        self.station.update(now_ms)
        answer = getattr(self, f"_on_{action}")(interface, now_ms, **details)
        self.refresh(now_ms)
        return answer

    def refresh(self, now_ms: int) -> None:
        """Put the access point's present state on the air; its channel follows the station (D11)."""
        held = self.station.channel(now_ms)
        point = self.access_point
        if held is not None:
            point.move(held)
        ssid = b"" if point.hidden else point.ssid
        beacon = Beacon(ssid, self._mac, point.channel, _AP_RSSI_DBM, point.security)
        self._ether.announce(self._mac, beacon if point.active else None, self)

    def online(self, now_ms: int) -> bool:
        """Packets reach the internet: joined, addressed, and the router has its line."""
        network = self.station.network(now_ms)
        return network is not None and network.on and network.internet and self.station.has_address(now_ms)

    def addresses(self, now_ms: int) -> tuple[str, ...]:
        """The device's own addresses at the moment."""
        own = [self._on_ifconfig(STA, now_ms)[0]] if self.station.has_address(now_ms) else []
        if self.access_point.active:
            own.append(access_points.ADDRESS)
        return tuple(own)

    def _on_active(self, interface: int, now_ms: int, wanted: bool | None) -> bool:
        if interface == STA:
            if wanted is not None:
                self.station.set_active(bool(wanted), now_ms)
            return self.station.active
        if wanted is not None:
            self.access_point.set_active(bool(wanted))
        return self.access_point.active

    def _on_connect(self, interface: int, now_ms: int, ssid: Any, key: Any) -> None:
        if interface != STA:
            raise RadioError("STA required")
        if ssid is None:
            raise RadioError("Wifi SSID Invalid")
        self.station.connect(_plain(ssid), _plain(key) or None, now_ms)

    def _on_disconnect(self, interface: int, now_ms: int) -> None:
        self.station.disconnect(now_ms)

    def _on_isconnected(self, interface: int, now_ms: int) -> bool:
        return interface == STA and self.station.has_address(now_ms)

    def _on_status(self, interface: int, now_ms: int, param: str | None) -> Any:
        if param is None:
            return self.station.status(now_ms) if interface == STA else None
        network = self.station.network(now_ms)
        if param == "rssi" and interface == STA:
            if network is None:
                raise RadioError("Wifi Not Connected")
            return network.rssi_dbm
        if param == "stations" and interface == AP:
            return [[{"hex": mac.hex()}] for mac in self.access_point.guests]
        raise ValueError("unknown status param")

    def _on_scan(self, interface: int, now_ms: int) -> dict[str, Any]:
        if interface != STA or not self.station.active:
            raise RadioError("STA must be active")
        if self.station.busy(now_ms):
            return {"ms": 0, "found": []}  # D12: an IDF error comes out as an empty list
        seen = [beacon for beacon in self._ether.scan() if beacon.bssid != self._mac]
        return {"ms": self._timing.scan, "found": [_row(beacon) for beacon in seen]}

    def _on_ifconfig(self, interface: int, now_ms: int) -> list[str]:
        if interface == AP:
            return [access_points.ADDRESS, access_points.NETMASK, access_points.ADDRESS, "0.0.0.0"]
        network = self.station.network(now_ms)
        if network is None or not self.station.has_address(now_ms):
            return _NO_ADDRESS
        router = f"{network.subnet}.1"
        return [f"{network.subnet}.{100 + self._mac[5] % 100}", access_points.NETMASK, router, router]

    def _on_write_address(self, interface: int, now_ms: int, config: list[str]) -> None:
        if len(config) != 4:
            raise ValueError("tuple of 4 addresses expected")

    def _on_read_config(self, interface: int, now_ms: int, name: str) -> Any:
        name = _OLD_NAMES.get(name, name)
        if name == "mac":
            return {"hex": self._mac.hex()}
        if name == "reconnects" and interface == STA:
            return self.station.reconnects
        if name == "channel" and interface == STA:
            return self.station.channel(now_ms) or self.access_point.channel
        if interface == AP:
            return self.access_point.read(name)
        raise ValueError("unknown config param")

    def _on_write_config(self, interface: int, now_ms: int, settings: dict[str, Any]) -> None:
        new = {_OLD_NAMES.get(name, name): value for name, value in settings.items()}
        known = access_points.SETTINGS if interface == AP else ("reconnects",)
        if set(new) - set(known) - set(_COMMON_SETTINGS):
            raise ValueError("unknown config param")
        if interface == STA:
            self.station.reconnects = int(new.get("reconnects", self.station.reconnects))
            return
        for name in ("ssid", "key"):
            if name in new:
                new[name] = _plain(new[name])
        self.access_point.write({name: new[name] for name in new if name in known})


def _plain(value: Any) -> bytes:
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return (value or "").encode()


def _row(beacon: Beacon) -> list[Any]:
    names = [{"hex": beacon.ssid.hex()}, {"hex": beacon.bssid.hex()}]
    return names + [beacon.channel, beacon.rssi_dbm, beacon.security]
