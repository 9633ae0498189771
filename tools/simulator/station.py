"""The station half of a simulated ESP32 radio, with the answers a real one gives, misleading ones included.

Time is an argument: the state is worked out when somebody asks, so real and virtual clocks serve alike.
Numbers and quirks: the port's `network_wlan.c`; D1 to D7 name the traps they stand for.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.simulator.ether import Ether, Network

IDLE, CONNECTING, GOT_IP = 1000, 1001, 1010
BEACON_TIMEOUT, NO_AP_FOUND, WRONG_PASSWORD, ASSOC_FAIL = 200, 201, 202, 203
AUTH_EXPIRED, FOUR_WAY_TIMEOUT, WRONG_SECURITY = 2, 15, 210
_SHOWN_WHILE_TRYING = (BEACON_TIMEOUT, NO_AP_FOUND, WRONG_PASSWORD, ASSOC_FAIL)
FOR_EVER = -1


class RadioError(OSError):
    """What the port raises as OSError with a message alone."""


@dataclass(frozen=True)
class Timing:
    """How long the radio takes, in ms. The defaults are those of a chip on a desk."""

    scan: int = 2500
    associate: int = 400
    lease: int = 300
    handshake_failure: int = 1500
    beacon_loss: int = 6000
    settle: int = 200


class Station:
    """One station interface: at most one attempt or one connection at a time."""

    def __init__(self, ether: Ether, timing: Timing) -> None:
        self._ether = ether
        self._timing = timing
        self.active = False
        self.reconnects = FOR_EVER
        self.attempts = 0
        self._wanted: tuple[bytes, bytes | None] | None = None
        self._started_ms: int | None = None
        self._failures = 0
        self._reason = 0
        self._joined: Network | None = None
        self._joined_ms = 0
        self._lost_ms: int | None = None
        self._settled_ms = 0

    def set_active(self, active: bool, now_ms: int) -> None:
        """Switch the interface. Off drops the connection and forgets what was asked for."""
        if self.active and not active:
            self.disconnect(now_ms)
            self._reason = 0
        self.active = active

    def connect(self, ssid: bytes, key: bytes | None, now_ms: int) -> None:
        """Start an attempt. Raises RadioError while one is pending or another has not settled (D4)."""
        self.update(now_ms)
        if not self.active:
            raise RadioError("Wifi Not Started")
        if self._wanted is not None or now_ms < self._settled_ms:
            raise RadioError("Wifi Internal Error")
        self._wanted = (ssid[:32], key[:64] if key else None)  # D7: cut without a word
        self._started_ms, self._failures = now_ms, 0  # D3: the last reason stays on show
        self.attempts += 1

    def disconnect(self, now_ms: int) -> None:
        """Give up whatever goes on; the radio needs a moment to settle when something did."""
        self.update(now_ms)
        if self._wanted is not None:
            self._settled_ms = now_ms + self._timing.settle
        self._wanted = self._started_ms = self._joined = None

    def status(self, now_ms: int) -> int:
        """The number `WLAN.status()` gives (D1, D2)."""
        self.update(now_ms)
        if self.has_address(now_ms):
            return GOT_IP
        if self._reason in _SHOWN_WHILE_TRYING:
            return self._reason
        if self._wanted is not None and (self._started_ms is not None or self._joined is not None):
            return CONNECTING
        return self._reason or IDLE

    def has_address(self, now_ms: int) -> bool:
        """Joined, and the router's DHCP server answered."""
        self.update(now_ms)
        return self._has_lease(now_ms)

    def network(self, now_ms: int) -> Network | None:
        """The network joined at the moment, or None."""
        self.update(now_ms)
        return self._joined

    def busy(self, now_ms: int) -> bool:
        """Looking for a network or joining one: no scan is possible."""
        self.update(now_ms)
        return self._started_ms is not None

    def channel(self, now_ms: int) -> int | None:
        """The channel that the one radio is held to, or None."""
        self.update(now_ms)
        if self._joined is not None:
            return self._joined.channel
        if self._wanted is None or self._started_ms is None:
            return None
        network = self._ether.find(self._wanted[0])
        return network.channel if network else None

    def update(self, now_ms: int) -> None:
        """Let everything happen that is due by `now_ms`."""
        if self._joined is not None:
            self._watch(now_ms)
        while self._started_ms is not None:
            network, reason, took_ms = self._outcome()
            if self._started_ms + took_ms > now_ms:
                return
            ended_ms = self._started_ms + took_ms
            self._started_ms = None
            if network is None:
                self._fail(reason, ended_ms)
            else:
                self._joined, self._joined_ms, self._lost_ms = network, ended_ms, None

    def _has_lease(self, now_ms: int) -> bool:
        if self._joined is None or not self._joined.dhcp or now_ms < self._joined_ms + self._timing.lease:
            return False
        self._reason = self._failures = 0
        return True

    def _outcome(self) -> tuple[Network | None, int, int]:
        assert self._wanted is not None
        ssid, key = self._wanted
        network = self._ether.find(ssid)
        if network is None:
            return None, NO_AP_FOUND, self._timing.scan
        if (network.key is None) != (key is None):
            return None, WRONG_SECURITY, self._timing.scan
        if network.key != key:
            return None, FOUR_WAY_TIMEOUT, self._timing.handshake_failure
        return network, 0, self._timing.associate

    def _watch(self, now_ms: int) -> None:
        assert self._joined is not None and self._wanted is not None
        if self._joined.on and self._joined.key != self._wanted[1]:
            self._drop(AUTH_EXPIRED, now_ms)
        elif self._joined.on:
            self._lost_ms = None
        elif self._lost_ms is None:
            self._lost_ms = now_ms
        elif now_ms >= self._lost_ms + self._timing.beacon_loss:
            self._drop(BEACON_TIMEOUT, self._lost_ms + self._timing.beacon_loss)

    def _drop(self, reason: int, now_ms: int) -> None:
        self._joined = None
        self._fail(reason, now_ms)

    def _fail(self, reason: int, now_ms: int) -> None:
        self._reason = reason
        self._failures += 1
        if self.reconnects == FOR_EVER or self._failures <= self.reconnects:
            self._started_ms = now_ms  # the event task tries by itself and fights whoever else does (D4)
        else:
            self._wanted = None
