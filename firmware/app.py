"""Puts the firmware together and runs it: the only place that knows every part.

It decides nothing that a rule in `core` could decide.
"""

import asyncio
import binascii
import os
import random

import console
import failure
import store
import ussl

from firmware import release
from firmware.core import link as links
from firmware.core import opening as openings
from firmware.core import progress as progresses
from firmware.core import settings as files
from firmware.core import ssid as ssids
from firmware.hw.clock import Clock
from firmware.hw.wifi import Wifi
from firmware.services.cloud_link import CloudLink
from firmware.services.radio import Radio
from firmware.services.setup import Setup
from firmware.services.timekeeper import Timekeeper

_ROOTS_FOLDER = "/certs"
_STATE_FILE = "/state.json"
_WIFI_FILE = "/wifi.json"
_RESTART_MS = 5_000

_log = console.Log("boot")


def run():
    """Run the firmware. Returns to the REPL at once when identity or settings cannot be used, saying why."""
    _log.info(f"scale firmware {release.VERSION}")
    identity = _checked(files.identity, "/identity.json")
    settings = _checked(files.settings, "/settings.json")
    if identity is None or settings is None:
        _log.warn("not started; put right what is named above, then reset")
        return
    console.secret(identity.thing_token)
    console.secret(identity.setup_key)
    _trust_roots()
    try:
        asyncio.run(_live(identity, settings))
    finally:
        asyncio.new_event_loop()  # what a stopped run left behind must not start with the next


def relink():
    """Forget the link in flash and run: the scale asks again and can go to another owner."""
    store.save(_STATE_FILE, {"linked": False})
    run()


async def _live(identity, settings):
    clock = Clock(release.BUILT_AT_S)
    state = _checked(files.state, _STATE_FILE) or files.State()
    wifi = _checked(files.wifi, _WIFI_FILE)
    link = links.Link(random.random, state.thing_id if state.linked else None)
    opening = openings.Opening(state.linked)

    def keep(candidate):
        console.secret(candidate.key)
        link.hurry(clock.uptime_ms())
        _keep_wifi(candidate)

    radio = Radio(Wifi(), clock.uptime_ms, keep)
    timekeeper = Timekeeper(clock, settings.ntp_hosts, radio.joined)

    def progress():
        is_joined, is_set = radio.joined.is_set(), timekeeper.ready.is_set()
        return progresses.of(radio.is_found(), is_joined, radio.cause, is_set, timekeeper.is_silent, link)

    async def link_up():
        if await CloudLink(link, identity, settings, clock, timekeeper, radio.joined).run() == links.LINKED:
            opening.linked(clock.uptime_ms())

    radio.close_access_point()
    if wifi is None:
        _log.info("no Wi-Fi network is known yet; set one up on the scale's own network")
    else:
        console.secret(wifi.key)
    radio.target = wifi
    token = binascii.hexlify(os.urandom(16)).decode()
    own_ssid = ssids.ssid_for(identity.serial)
    setup = Setup(radio, opening, clock.uptime_ms, progress, identity, own_ssid, token)
    jobs = [_forever("setup", setup.run), _forever("wifi", radio.stay_joined, wifi)]
    if link.state == links.LINKED:
        _log.info(f"linked, thing {link.thing_id}")
    else:
        jobs.append(_forever("clock", timekeeper.keep_time))
        jobs.append(_forever("link", link_up))
    await asyncio.gather(*jobs)


def _keep_wifi(candidate):
    try:
        store.save(_WIFI_FILE, files.wifi_record(candidate))
    except OSError as error:
        _log.warn(f"the network could not be stored and is forgotten at power-off: {failure.phrase(error)}")
    else:
        _log.info("network stored")


async def _forever(name, job, *details):
    """Run a job; one that dies of an error nobody foresaw is named and started again."""
    while True:
        try:
            return await job(*details)
        except Exception as error:
            console.Log(name).warn(f"stopped by {type(error).__name__}: {error}; again in {_RESTART_MS // 1000} s")
            await asyncio.sleep_ms(_RESTART_MS)


def _checked(check, path):
    """Return what `check` makes of the file, or None after naming each thing that is wrong with it."""
    try:
        return check(store.load(path))
    except files.SettingsError as error:
        for problem in error.problems:
            _log.warn(problem)
    except (OSError, ValueError) as error:
        _log.warn(str(error))
    return None


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
