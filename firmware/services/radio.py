"""The one owner of the radio: keeps the access point as wanted and the station in the home network.

It decides by the address and its own time-outs, never by a status alone. What the scale does with the network is
not its business.
"""

import asyncio

import console

from firmware.core import joining

_POLL_MS = 100
_WATCH_MS = 1_000


class Radio:
    """`wifi` is a `hw.wifi.Wifi`, `uptime_ms` a callable. `joined` is an event, set while there is an address."""

    def __init__(self, wifi, uptime_ms):
        self.joined = asyncio.Event()
        self.cause = None
        self._wifi = wifi
        self._uptime_ms = uptime_ms
        self._log = console.Log("wifi")

    def open_access_point(self, ssid, key):
        """Put the scale's own network on the air; a refusal is logged, for the link works without it."""
        try:
            self._wifi.open_access_point(ssid, key)
        except OSError as error:
            self._log.warn(f"no access point: {error.args[0]}")
            return
        self._log.info(f"access point {ssid.decode()} is up, {'WPA2' if key else 'open'}")

    def close_access_point(self):
        """Take the scale's own network off the air."""
        if self._wifi.close_access_point():
            self._log.info("access point is down")

    async def stay_joined(self, ssid, key):
        """Join the network `ssid` (bytes) and join it again whenever it is lost. Never returns."""
        failures = 0
        while True:
            self.cause = await self._attempt(ssid, key)
            if self.cause == joining.JOINED:
                failures = 0
                await self._while_joined(ssid)
            else:
                failures += 1
                pause_ms = joining.pause_ms(failures)
                self._log.warn(f"{_name(ssid)}: {self.cause}; next try in {pause_ms // 1000} s")
                await asyncio.sleep_ms(pause_ms)

    async def _attempt(self, ssid, key):
        if self._wifi.leave():
            await asyncio.sleep_ms(joining.SETTLE_MS)
        began_ms = self._uptime_ms()
        try:
            self._wifi.join(ssid, key)
        except OSError as error:
            return f"{joining.REFUSED}: {error.args[0]}"
        result = joining.JOINING
        while result == joining.JOINING:
            await asyncio.sleep_ms(_POLL_MS)
            elapsed_ms = self._uptime_ms() - began_ms
            result = joining.outcome(self._wifi.progress(), self._wifi.is_stale(), elapsed_ms)
        return result

    async def _while_joined(self, ssid):
        self._log.info(f"joined {_name(ssid)} as {self._wifi.address()}")
        self.joined.set()
        while self._wifi.is_joined():
            await asyncio.sleep_ms(_WATCH_MS)
        self.joined.clear()
        self._log.warn(f"{_name(ssid)}: connection lost")


def _name(ssid):
    try:
        return ssid.decode()
    except UnicodeError:
        return repr(ssid)
