"""The scale's own network as one thing: access point, name server and page go up and down together.

When it is up is decided in `core.opening`. What only a visitor needs is loaded while there are visitors, and makes room for
a link call.
"""

import asyncio

import console
import failure
import modules

_RETRY_MS = 30_000
_LOOK_MS = 30_000
# What only a visitor needs, and gives back its memory when forgotten.
MODULES = (
    "firmware.services.portal",
    "firmware.core.page",
    "firmware.core.credentials",
    "firmware.core.wifi_fields",
    "microdot",
    "form",
    "http_request",
    "page_file",
)
# What only a link call needs; there is no room for it beside the page.
TRANSPORT = ("https", "exchange", "bounded", "reply_head", "ussl", "urequests")
# What only the network needs.
_SERVERS = ("firmware.services.visits", "firmware.services.name_server", "dns_answer")


class Setup:
    """`opening` is a `core.opening.Opening`; `progress` and `restart` are callables for the page; `token` guards its forms.

    `pulse` is the `services.pulse.Pulse` of `run`.
    """

    def __init__(self, radio, opening, uptime_ms, progress, restart, identity, own_ssid, token, pulse):
        self._radio = radio
        self._opening = opening
        self._uptime_ms = uptime_ms
        self._progress = progress
        self._restart = restart
        self._identity = identity
        self._own_ssid = own_ssid
        self._token = token
        self._shown = None
        self._visits = None
        self._portal = None
        self._servers = []
        self._tasks = []
        self._pulse = pulse
        self._log = console.Log("setup")

    def look(self):
        """The opening has changed."""
        self._pulse.ring()

    async def run(self):
        """Bring the network up and take it down as it is wanted. Never returns."""
        self._close()  # what a soft reset, a stopped run or a death of this job leaves
        while True:
            while self._opening.left_ms(self._uptime_ms()) == 0:
                await self._pulse.wait()
            if not await self._open():
                await self._pulse.sleep_ms(_RETRY_MS)
                continue
            while (left_ms := self._opening.left_ms(self._uptime_ms())) != 0 and self._serves():
                await self._pulse.sleep_ms(_LOOK_MS if left_ms is None else min(left_ms, _LOOK_MS))
            self._close()

    def _serves(self):
        """Tell whether page and name server still live."""
        return not any(task.done() for task in self._tasks)

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
        from firmware.services.visits import Visits

        self._shown = self._identity.serial, self._own_ssid.decode(), address, self._token
        self._visits = Visits(address, self._portal_of_the_moment)
        page, names = await self._visits.serve(), NameServer(address)
        self._servers += [page, names]
        names.open()
        if self._radio.target is None:  # somebody will come, and a phone does not wait long for its first answer
            self._portal_of_the_moment()
        self._tasks = [asyncio.create_task(job) for job in (page.wait_closed(), names.serve())]

    def _portal_of_the_moment(self):
        if self._portal is None:
            modules.forget(TRANSPORT)
            from firmware.services.portal import Portal

            self._portal = Portal(self._radio, self._progress, self._restart, self._shown)
        return self._portal

    def is_at_hand(self):
        """Tell whether the page is loaded."""
        return self._portal is not None

    async def pause(self):
        """Give back the memory of the page; visitors wait until `resume`."""
        if self._visits is not None:
            await self._visits.clear()
        self._portal = None
        modules.forget(MODULES)

    def resume(self):
        """Have the page at hand again, for a phone does not wait long for its first answer."""
        if self._visits is not None:
            try:
                self._portal_of_the_moment()
            except MemoryError:
                modules.forget(MODULES)  # what the call has left on the stack is free soon: the next visitor loads it
            self._visits.admit()

    def abandon(self):
        """Close what listens, where the loop that would do so has stopped."""
        for server in self._servers:
            server.close()
        if self._visits is not None:
            self._visits.abandon()

    def _close(self):
        for task in self._tasks:
            task.cancel()
        for server in self._servers:
            server.close()
        if self._visits is not None:
            self._visits.end()
        self._servers, self._tasks = [], []
        self._portal = self._visits = None
        self._radio.close_access_point()
        modules.forget(MODULES + _SERVERS)
