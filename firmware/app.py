"""Puts the firmware together and runs it: the only place that knows every part.

It decides nothing that a rule in `core` could decide.
"""

import asyncio
import os
import random

import console
import store
import ussl

from firmware import release
from firmware.core import link as links
from firmware.core import settings as files
from firmware.core import ssid as ssids
from firmware.hw.clock import Clock
from firmware.hw.wifi import Wifi
from firmware.services.cloud_link import CloudLink
from firmware.services.radio import Radio
from firmware.services.timekeeper import Timekeeper

_ROOTS_FOLDER = "/certs"
_STATE_FILE = "/state.json"
# The owner's phone is on the access point when the link succeeds, and reads the result there.
_FAREWELL_MS = 60_000
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
    radio = Radio(Wifi(), clock.uptime_ms)
    timekeeper = Timekeeper(clock, settings.ntp_hosts, radio.joined)
    state = _checked(files.state, _STATE_FILE) or files.State()
    wifi = _checked(files.wifi, "/wifi.json")
    link = links.Link(random.random, state.thing_id if state.linked else None)
    radio.close_access_point()
    if link.state == links.LINKED:
        _log.info(f"linked, thing {link.thing_id}")
    else:
        radio.open_access_point(ssids.ssid_for(identity.serial), identity.setup_key)
    if wifi is None:
        _log.warn("no Wi-Fi network is known; set one up in wifi.json")
        await asyncio.Event().wait()
    console.secret(wifi.key)
    jobs = [_forever("wifi", radio.stay_joined, wifi.ssid, wifi.key)]
    if link.state != links.LINKED:
        jobs.append(_forever("clock", timekeeper.keep_time))
        jobs.append(
            _forever("link", _link_up, CloudLink(link, identity, settings, clock, timekeeper, radio.joined), radio)
        )
    await asyncio.gather(*jobs)


async def _link_up(cloud_link, radio):
    if await cloud_link.run() == links.LINKED:
        await asyncio.sleep_ms(_FAREWELL_MS)
        radio.close_access_point()


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
