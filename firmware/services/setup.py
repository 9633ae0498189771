"""The scale's own network as one thing: access point, name server and page go up and down together.

When it is up is decided in `core.opening`. Page and web server are imported only while they are needed.
"""

import asyncio
import gc
import sys

import console
import failure

from firmware.services.alarm import Alarm

_RETRY_MS = 30_000
# What only the page needs, and gives back its memory when forgotten.
_MODULES = (
    "firmware.services.portal",
    "firmware.services.name_server",
    "firmware.core.page",
    "firmware.core.credentials",
    "microdot",
    "form",
    "http_request",
    "page_file",
    "dns_answer",
)


class Setup:
    """`opening` is a `core.opening.Opening`; `progress` a callable for the page; `token` guards its forms."""

    def __init__(self, radio, opening, uptime_ms, progress, identity, own_ssid, token):
        self._radio = radio
        self._opening = opening
        self._uptime_ms = uptime_ms
        self._progress = progress
        self._identity = identity
        self._own_ssid = own_ssid
        self._token = token
        self._servers = ()
        self._alarm = Alarm()
        self._log = console.Log("setup")

    def look(self):
        """The opening has changed."""
        self._alarm.ring()

    async def run(self):
        """Bring the network up and take it down as it is wanted. Never returns."""
        while True:
            while self._opening.left_ms(self._uptime_ms()) == 0:
                await self._alarm.wait()
            if not await self._open():
                await asyncio.sleep_ms(_RETRY_MS)
                continue
            while (left_ms := self._opening.left_ms(self._uptime_ms())) != 0:
                await (self._alarm.wait() if left_ms is None else self._alarm.sleep_ms(left_ms))
            self._close()

    async def _open(self):
        if self._radio.target is None:
            self._radio.search()
        address = self._radio.open_access_point(self._own_ssid, self._identity.setup_key)
        if address is None:
            return False
        try:
            await self._serve(address)
        except OSError as error:
            self._log.warn(f"the page is not served: {failure.phrase(error)}")
            self._close()
            return False
        self._log.info(f"page at http://{address}/")
        return True

    async def _serve(self, address):
        from firmware.services.name_server import NameServer
        from firmware.services.portal import Portal

        own_name = self._own_ssid.decode()
        portal = Portal(self._radio, self._progress, self._identity.serial, own_name, address, self._token)
        page = await portal.serve()
        self._servers = (page,)
        names = NameServer(address)
        names.open()
        self._servers = page, names, asyncio.create_task(names.serve())

    def _close(self):
        if len(self._servers) == 3:
            self._servers[2].cancel()
            self._servers[1].close()
        if self._servers:
            self._servers[0].close()
        self._servers = ()
        self._radio.close_access_point()
        for name in _MODULES:
            sys.modules.pop(name, None)
        gc.collect()
