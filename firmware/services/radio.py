"""The one owner of the radio: the access point as wanted, the station in the home network, and the search for others.

It decides by the address and its own time-outs, never by a status alone. What the scale does with the network is
not its business.
"""

import asyncio

import console

from firmware.core import joining, networks, recovery

_POLL_MS = 20
_WATCH_MS = 2_000
# Nobody waits for a scale that is joined.
_JOINED_WATCH_MS = 10_000
# A page that asked for something gets its answer before the radio turns away.
_REPLY_MS = 500


class Radio:
    """`wifi` is a `hw.wifi.Wifi`, `uptime_ms` a callable, `proven` is called with a candidate that got an address.

    `begun` is the network that `wifi` joins already, a `settings.Wifi` or None.

    `joined` is an event, set while there is an address. `target` is the network tried last, a `settings.Wifi` or None;
    `cause` why that failed, a name of `core.joining` or None. `refused` is (cause, ssid) of a candidate that failed,
    None once another is wanted. `networks` is what the last search found. `remedies` is a `core.recovery.Recovery`,
    `reset` is told how many resets that makes in a row, `pulse` is the `services.pulse.Pulse` of `stay_joined`.
    """

    def __init__(self, wifi, begun, uptime_ms, proven, remedies, reset, pulse):
        self.joined = asyncio.Event()
        self.target = None
        self.cause = None
        self.refused = None
        self.networks = []
        self._wifi = wifi
        self._begun = begun
        self._uptime_ms = uptime_ms
        self._proven = proven
        self._candidate = None
        self._saved = None
        self._remedies = remedies
        self._reset = reset
        self._remedy = recovery.RECONNECT
        self._failures = 0
        self._said = set()  # since it last joined
        self._search_wanted = False
        self._pulse = pulse
        self._log = console.Log("wifi")

    def open_access_point(self, ssid, key):
        """Put the scale's own network on the air; returns its address, or None after logging why there is none."""
        try:
            self._wifi.open_access_point(ssid, key)
        except OSError as error:
            self._say(f"no access point: {error.args[0]}")
            return None
        self._log.info(f"access point {ssid.decode()} is up, {'WPA2' if key else 'open'}")
        return self._wifi.access_point_address()

    def close_access_point(self):
        """Take the scale's own network off the air."""
        if self._wifi.close_access_point():
            self._log.info("access point is down")

    def is_found(self):
        """Tell whether the target was seen by the last search, or joined."""
        if self.joined.is_set():
            return True
        return self.target is not None and networks.channel_of(self.target.ssid, self.networks) is not None

    def is_searching(self):
        """Tell whether a search is to come."""
        return self._search_wanted

    def want_search(self):
        """Have the networks in range looked for as soon as the radio is free."""
        self._search_wanted = True
        self._pulse.ring()

    def want(self, candidate):
        """Have another network tried, a `settings.Wifi`; the one known stays until this one gave an address."""
        self._candidate = self.target = candidate
        self.cause = self.refused = None
        self._pulse.ring()

    def search(self):
        """Look for the networks in range: blocks for 2 to 3 s, and whoever is on the access point may lose it."""
        self._search_wanted = False
        try:
            found = networks.listed(self._wifi.scan())
        except OSError as error:
            self._log.warn(f"no search: {error.args[0]}")
            return
        # An empty list is what the port gives when it cannot search, too.
        self.networks = found or self.networks

    async def stay_joined(self, saved):
        """Keep the station in the network `saved`, a `settings.Wifi` or None, or in a later one. Never returns."""
        # A job that died and is started again goes on with the network it was given meanwhile.
        self.joined.clear()
        if self._saved is None:
            self._saved = self.target = saved
        while True:
            if self._candidate is not None:
                await self._prove()
            elif self._search_wanted:
                await self._pulse.sleep_ms(_REPLY_MS)
                self.search()
            elif self._saved is None:
                await self._pulse.sleep_ms(_WATCH_MS)
                if self._is_late() and self._candidate is None:
                    self._candidate = self._begun = self.target
            elif await self._attempt(self._saved) == joining.JOINED:
                await self._while_joined()
            elif self._candidate is None:
                await self._pause()

    async def _prove(self):
        candidate, self._candidate = self._candidate, None
        await self._pulse.sleep_ms(_REPLY_MS)
        try:
            result = await self._attempt(candidate)
        except Exception:  # the job dies of it, and the page still says that this one came to nothing
            self.cause, self.refused = joining.REFUSED, (joining.REFUSED, candidate.ssid)
            raise
        if result == joining.JOINED:
            self._saved, self.refused = candidate, None
            self._proven(candidate)
            await self._while_joined()
        elif result != joining.JOINING:
            self.refused = result, candidate.ssid
            self._log.warn(f"{networks.name(candidate.ssid)}: {result}")

    async def _attempt(self, network):
        """Try to join; returns JOINED, the cause of failure, or JOINING when another network is wanted meanwhile."""
        if self.target is not network:
            self.target, self.cause = network, None
        result = await self._try(network)
        if result == joining.JOINED:
            self._failures, self.cause = 0, None
            self._said.clear()
            self._remedies.joined()
        elif result != joining.JOINING:
            self._failures, self.cause = self._failures + 1, result
        return result

    async def _try(self, network):
        began_ms = self._uptime_ms()
        begun, self._begun = self._begun, None
        if network is not begun:
            try:
                began_ms = await self._begin(network)
            except OSError as error:
                self._say(f"{joining.REFUSED}: {error.args[0]}")
                return joining.REFUSED
        result = joining.JOINING
        while result == joining.JOINING and self._candidate is None:
            await self._pulse.sleep_ms(_POLL_MS)
            elapsed_ms = self._uptime_ms() - began_ms
            result = joining.outcome(self._wifi.progress(), self._wifi.is_stale(), elapsed_ms)
        return result

    def _is_late(self):
        """Tell whether the address came after the attempt was over: then the next attempt is the same one."""
        return self.cause not in (None, joining.REFUSED) and self._wifi.is_joined()

    async def _begin(self, network):
        """Give up what was before and begin to join; returns when that was. Raises OSError when the radio refuses."""
        remedy, self._remedy = self._remedy, recovery.RECONNECT
        # A pause that no bell cuts short: the radio needs it.
        if self._wifi.leave():
            await asyncio.sleep_ms(joining.SETTLE_MS)
        if remedy == recovery.SWITCH:
            self._wifi.switch_station_off()
            await asyncio.sleep_ms(joining.SETTLE_MS)
        began_ms = self._uptime_ms()
        self._lead_the_way(network.ssid)
        self._wifi.join(network.ssid, network.key)
        return began_ms

    def _lead_the_way(self, ssid):
        """Take the access point to the target's channel first: there is one radio, and it would be dragged there."""
        channel = networks.channel_of(ssid, self.networks)
        if channel is not None and self._wifi.move_access_point(channel):
            self._log.info(f"access point moves to channel {channel}")

    async def _while_joined(self):
        name = networks.name(self._saved.ssid)
        self._log.info(f"joined {name} as {self._wifi.address()}")
        self.joined.set()
        while self._candidate is None and self._wifi.is_joined():
            if self._search_wanted:
                await self._pulse.sleep_ms(_REPLY_MS)
                self.search()
            await self._pulse.sleep_ms(_JOINED_WATCH_MS)
        self.joined.clear()
        if self._candidate is None:
            self._log.warn(f"{name}: connection lost")

    async def _pause(self):
        began_ms = self._uptime_ms()
        pause_ms = joining.pause_ms(self._failures, self._wifi.has_guests())
        self._say(f"{networks.name(self._saved.ssid)}: {self.cause}; next try in {pause_ms // 1000} s")
        self._remedy = self._remedies.failed(began_ms, self._wifi.has_guests())
        if self._remedy == recovery.RESET:
            self._log.warn("nothing helps; the chip starts over")
            self._reset(self._remedies.resets + 1)
        while not (self._search_wanted or self._candidate) and self._uptime_ms() - began_ms < pause_ms:
            await self._pulse.sleep_ms(_WATCH_MS)
            if self._is_late():
                self._begun = self._saved
                return
            pause_ms = joining.pause_ms(self._failures, self._wifi.has_guests())

    def _say(self, trouble):
        if trouble not in self._said:  # once, not with every attempt of an outage
            self._log.warn(trouble)
            self._said.add(trouble)
