"""Every part of the running firmware, and what connects them: the composition root of a life.

It decides nothing that a rule in `core` could decide. How a life begins and ends is `app`'s business.
"""

import binascii
import os
import random

import console

from firmware.core import light, progress, recovery, states
from firmware.core import opening as openings
from firmware.services.panel import PanelService
from firmware.services.radio import Radio
from firmware.services.setup import Setup
from firmware.services.supervisor import Supervisor

_ROOTS_FOLDER = "/certs"

_log = console.Log("boot")


class Scale:
    """The firmware of one `life`, a `firmware.life.Life`, with the `records` of `services.records`.

    `known` is what they hold: identity, settings, state, network. `panel` is a `hw.panel.Panel`, `wifi` a `hw.wifi.Wifi`, and
    `begun` the network that it joins already, or None.
    """

    def __init__(self, records, known, panel, life, wifi, begun):
        self.identity, settings, state, self._saved = known
        self.clock = life.clock
        self._records = records
        self._panel = panel
        self._life = life
        self._supervisor = Supervisor(self.clock.uptime_ms, life.feed, life.settled, life.suspects)
        pulse, uptime_ms = self._supervisor.pulse, self.clock.uptime_ms
        is_linked = state is not None and state.linked
        self._opening = openings.Opening(is_linked)
        remedies = recovery.Recovery(life.radio_resets)
        self.radio = Radio(wifi, begun, uptime_ms, self._proven, remedies, life.radio_reset, pulse("wifi"))
        self.link, self.timekeeper, self._cloud_link = states.Linked(state.thing_id) if is_linked else None, None, None
        token = binascii.hexlify(os.urandom(16)).decode()
        self._setup = Setup(
            self.radio,
            self._opening,
            uptime_ms,
            self.progress,
            self._restart,
            self.identity,
            _own_ssid(self.identity),
            token,
            pulse("setup"),
        )
        if not is_linked:
            self._prepare_to_link(settings)

    def _prepare_to_link(self, settings):
        """What a linked scale does without, and never loads."""
        from firmware.core.link import Link
        from firmware.services.cloud_link import CloudLink
        from firmware.services.timekeeper import Timekeeper

        clock, joined, pulse = self.clock, self.radio.joined, self._supervisor.pulse
        self.link = Link(random.random)
        self.timekeeper = Timekeeper(clock, settings.ntp_hosts, joined, pulse("clock"))
        details = self.timekeeper, joined, self._records, self._setup, roots, pulse("link")
        self._cloud_link = CloudLink(self.link, self.identity, settings, clock, *details)

    async def live(self):
        """Run every job. Never returns. Raises services.supervisor.LostCause."""
        wifi = self.radio.target = self._saved
        if wifi is None:
            _log.info("no Wi-Fi network is known yet; set one up on the scale's own network")
        panel, run = self._panel_service(), self._supervisor.add
        run("setup", self._setup.run)
        run("wifi", self.radio.stay_joined, wifi)
        run("light", panel.play)
        run("button", panel.listen)
        if self._cloud_link is None:
            _log.info(f"linked, thing {self.link.thing_id}")
        else:
            run("clock", self.timekeeper.keep_time)
            run("link", self._link_up)
        await self._supervisor.run()

    def abandon(self):
        """Let go of what the network stack holds; the jobs do not run any more."""
        self._setup.abandon()

    def progress(self):
        """Return the `core.progress.Progress` of the moment."""
        radio, clock = self.radio, self.timekeeper
        is_set, is_silent = (clock.ready.is_set(), clock.is_silent) if clock else (False, False)
        return progress.of(radio.is_found(), radio.joined.is_set(), radio.cause, is_set, is_silent, self.link)

    def _panel_service(self):
        pulse, uptime_ms = self._supervisor.pulse, self.clock.uptime_ms
        pulses = pulse("light"), pulse("button")
        return PanelService(self._panel, uptime_ms, self._pattern, self._pressed, self._life.forget, *pulses)

    def _pattern(self):
        return light.pattern(self.progress() if self.radio.target else None, self.radio.joined.is_set())

    async def _link_up(self):
        await self._cloud_link.run()
        self._opening.linked(self.clock.uptime_ms())
        self._setup.look()

    def _restart(self):
        """Another 24 hours, if the last ones have passed."""
        if self.link.state == states.EXPIRED:
            self._cloud_link.restart()

    def _pressed(self):
        self._restart()
        self._opening.pressed(self.clock.uptime_ms())
        self._setup.look()

    def _proven(self, candidate):
        """Keep a network that gave an address. One that cannot be stored serves until power goes."""
        console.secret(candidate.key)
        if self._cloud_link:
            self._cloud_link.hurry()
        if self._records.keep_wifi(candidate):
            _log.info("network stored")
        else:
            _log.warn("the network is forgotten at power-off")


def roots():
    """Yield each root certificate in flash; without any, every call fails closed and says so."""
    try:
        names = os.listdir(_ROOTS_FOLDER)
    except OSError:
        return
    for name in names:
        with open(f"{_ROOTS_FOLDER}/{name}", "rb") as file:
            yield file.read()


def _own_ssid(identity):
    from firmware.core import ssid

    return ssid.ssid_for(identity.serial)
