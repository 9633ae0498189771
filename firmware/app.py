"""Puts the firmware together and runs it: the only place that knows every part.

It decides nothing that a rule in `core` could decide.
"""

import asyncio
import binascii
import gc
import os
import random

import console
import ussl

from firmware import release
from firmware.core import light
from firmware.core import link as links
from firmware.core import opening as openings
from firmware.core import progress as progresses
from firmware.core import settings as files
from firmware.core import ssid as ssids
from firmware.hw import chip
from firmware.hw.clock import Clock
from firmware.hw.panel import Panel
from firmware.hw.wifi import Wifi
from firmware.services.cloud_link import CloudLink
from firmware.services.panel import PanelService
from firmware.services.radio import Radio
from firmware.services.records import Records
from firmware.services.setup import Setup
from firmware.services.timekeeper import Timekeeper

_ROOTS_FOLDER = "/certs"
_RESTART_MS = 5_000
# Collecting often keeps the heap in few pieces: the chip has little of it, and a handshake takes large ones.
_GC_THRESHOLD_BYTES = 4_096

_log = console.Log("boot")


def run():
    """Run the firmware. Returns to the REPL at once when identity or settings cannot be used, saying why."""
    _log.info(f"scale firmware {release.VERSION}")
    records = Records()
    identity = records.identity.load()
    settings = records.settings.load()
    if identity is None or settings is None:
        _log.warn("not started; put right what is named above, then reset")
        return
    console.secret(identity.thing_token)
    console.secret(identity.setup_key)
    gc.threshold(_GC_THRESHOLD_BYTES)
    _trust_roots()
    try:
        asyncio.run(_Scale(records, identity, settings).live())
    except MemoryError:
        # It struck outside of any job, so no job can go on.
        gc.collect()
        _log.warn("out of memory; starting over")
        chip.reset()
    finally:
        asyncio.new_event_loop()  # what a stopped run left behind must not start with the next


def relink():
    """Forget the link in flash and run: the scale asks again and can go to another owner."""
    if Records().state.remove():
        run()


def forget():
    """Forget Wi-Fi and link, keep the identity, and start over: the scale can go to another owner."""
    if Records().forget():
        chip.reset()


class _Scale:
    """Every part of the running firmware, and what connects them."""

    def __init__(self, records, identity, settings):
        self._records = records
        self._identity = identity
        self._settings = settings
        state = records.state.load() or files.State()
        self._clock = Clock(release.BUILT_AT_S)
        self._link = links.Link(random.random, state.thing_id if state.linked else None)
        self._opening = openings.Opening(state.linked)
        self._radio = Radio(Wifi(), self._clock.uptime_ms, self._proven)
        self._timekeeper = Timekeeper(self._clock, settings.ntp_hosts, self._radio.joined)
        self._cloud_link = CloudLink(
            self._link, identity, settings, self._clock, self._timekeeper, self._radio.joined, records.state
        )
        self._setup = self._new_setup()

    async def live(self):
        """Run every job. Never returns."""
        wifi = self._records.wifi.load()
        self._radio.close_access_point()
        self._radio.target = wifi
        if wifi is None:
            _log.info("no Wi-Fi network is known yet; set one up on the scale's own network")
        else:
            console.secret(wifi.key)
        panel = self._panel()
        jobs = [_forever("setup", self._setup.run), _forever("wifi", self._radio.stay_joined, wifi)]
        jobs += [_forever("light", panel.play), _forever("button", panel.listen)]
        if self._link.state == links.LINKED:
            _log.info(f"linked, thing {self._link.thing_id}")
        else:
            jobs.append(_forever("clock", self._timekeeper.keep_time))
            jobs.append(_forever("link", self._link_up))
        await asyncio.gather(*jobs)

    def _new_setup(self):
        token = binascii.hexlify(os.urandom(16)).decode()
        own_ssid = ssids.ssid_for(self._identity.serial)
        uptime_ms = self._clock.uptime_ms
        return Setup(self._radio, self._opening, uptime_ms, self._progress, self._identity, own_ssid, token)

    def _panel(self):
        pins = Panel(self._settings.led_pin, self._settings.button_pin)
        return PanelService(pins, self._clock.uptime_ms, self._pattern, self._pressed, forget)

    async def _link_up(self):
        if await self._cloud_link.run() == links.LINKED:
            self._opening.linked(self._clock.uptime_ms())
            self._setup.look()

    def _pressed(self):
        self._opening.pressed(self._clock.uptime_ms())
        self._setup.look()

    def _progress(self):
        radio, is_set = self._radio, self._timekeeper.ready.is_set()
        is_joined, is_silent = radio.joined.is_set(), self._timekeeper.is_silent
        return progresses.of(radio.is_found(), is_joined, radio.cause, is_set, is_silent, self._link)

    def _pattern(self):
        return light.pattern(self._progress() if self._radio.target else None, self._radio.joined.is_set())

    def _proven(self, candidate):
        """Keep a network that gave an address. One that cannot be stored serves until power goes."""
        console.secret(candidate.key)
        self._cloud_link.hurry()
        if self._records.wifi.save(files.wifi_record(candidate)):
            _log.info("network stored")
        else:
            _log.warn("the network is forgotten at power-off")


async def _forever(name, job, *details):
    """Run a job; one that dies of an error nobody foresaw is named and started again."""
    while True:
        try:
            return await job(*details)
        except Exception as error:
            console.Log(name).warn(f"stopped by {type(error).__name__}: {error}; again in {_RESTART_MS // 1000} s")
            await asyncio.sleep_ms(_RESTART_MS)


def _trust_roots():
    try:
        names = os.listdir(_ROOTS_FOLDER)
        ussl.use_roots(_der(name) for name in names)
    except (OSError, ValueError) as error:
        # Without roots every call fails closed, and says so each time.
        _log.warn(f"root certificates in {_ROOTS_FOLDER} cannot be read: {error}")


def _der(name):
    with open(f"{_ROOTS_FOLDER}/{name}", "rb") as file:
        return file.read()
