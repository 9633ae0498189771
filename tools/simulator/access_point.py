"""The access point half of a simulated ESP32 radio: its settings, and the phones that joined it.

It knows nothing of the station, whose channel the one radio gives it: that is `radio`. D8 to D15 name the traps.
"""

from __future__ import annotations

from typing import Any

from tools.simulator.ether import OPEN
from tools.simulator.station import RadioError

ADDRESS = "192.168.4.1"
NETMASK = "255.255.255.0"
SETTINGS = ("ssid", "security", "key", "channel", "hidden", "max_clients")
_FIRST_CLIENT = 2
# Those of the port's own country, "world": what is above is for listening, and for the station behind a router.
_CHANNELS = range(1, 12)


class AccessPoint:
    """One interface. `guests` are the addresses leased out, by the phone's MAC."""

    def __init__(self, ssid: bytes) -> None:
        self.ssid = ssid
        self.security = OPEN
        self.key: bytes | None = None
        self.channel = 1
        self.hidden = False
        self.max_clients = 4
        self.active = False
        self.guests: dict[bytes, str] = {}

    def set_active(self, active: bool) -> None:
        """Switch the interface; off throws everybody out."""
        self.active = active
        if not active:
            self.guests.clear()

    def move(self, channel: int) -> None:
        """Change the channel: not every phone follows the announcement, so none does here (D11)."""
        if channel != self.channel:
            self.channel = channel
            self.guests.clear()

    def read(self, name: str) -> Any:
        """One setting as `config(name)` gives it. Raises ValueError for the key, which cannot be read back (D9)."""
        if name not in SETTINGS or name == "key":
            raise ValueError("unknown config param")
        value = getattr(self, name)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def write(self, settings: dict[str, Any]) -> None:
        """Take what one `config(...)` call sets. Raises RadioError and RuntimeError as the chip does."""
        for name, value in settings.items():
            self._configure(name, value)
        if self.security != OPEN and self.key is None:
            self.security = OPEN
            raise RadioError("Wifi Invalid Password")

    def admit(self, mac: bytes, key: bytes | None) -> str | None:
        """A phone wants to join; returns its address, or None when the key is wrong or the house is full."""
        if not self.active or key != (self.key if self.security != OPEN else None):
            return None
        if mac not in self.guests:
            if len(self.guests) >= self.max_clients:
                return None
            taken = set(self.guests.values())
            free = (f"192.168.4.{host}" for host in range(_FIRST_CLIENT, 255))
            self.guests[mac] = next(address for address in free if address not in taken)
        return self.guests[mac]

    def dismiss(self, mac: bytes) -> None:
        """A phone leaves."""
        self.guests.pop(mac, None)

    def _configure(self, name: str, value: Any) -> None:
        if not self.active:
            raise RadioError("Wifi Invalid Mode")  # D10
        if name == "channel":
            if value not in _CHANNELS:
                raise RuntimeError("Wifi Unknown Error 0x0102")  # an IDF code that the port has no words for
            self.move(value)
            return
        if name == "ssid":
            value = value[:32]
        elif name == "key":
            value = value[:64] or None
            if value is not None and len(value) < 8:
                raise RadioError("Wifi Invalid Password")
        if getattr(self, name) != value:
            self.guests.clear()
        setattr(self, name, value)  # D8: a key without `security=` leaves it open
