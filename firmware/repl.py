"""What an engineer at the REPL gets to see: how the scale is, what it did, what is in range, and one link call.

It changes nothing in flash but to give a copied file its sum, and is imported only when somebody asks.
"""

import gc
import os
import sys

import console
import modules

from firmware import release
from firmware.core import joining, networks
from firmware.hw import chip
from firmware.hw.clock import Clock
from firmware.hw.wifi import Wifi
from firmware.services.records import Records

# By the number that a search gives.
_SECURITY = ("open", "WEP", "WPA", "WPA2", "WPA/WPA2", "EAP", "WPA3", "WPA2/WPA3")
_LOOK_MS = 100


def status(scale, life):
    """Print one screen about `scale`, a `firmware.scale.Scale`, and `life`; either is None when nothing ran."""
    records = Records()
    _line("firmware", release.VERSION)
    _line("MicroPython", sys.version.split()[2])
    _line("life before", life.ended() if life else "unknown")
    identity, crash, state, wifi = records.load("identity", "crash", "state", "wifi")
    _line("serial", identity.serial if identity else "none")
    _line("last crash", crash.why if crash else "none")
    if scale is None:
        _line("network", networks.name(wifi.ssid) if wifi else "none")
        _line("link", f"linked, thing {state.thing_id}" if state and state.linked else "not linked")
    else:
        _running(scale)
    gc.collect()
    _line("heap", f"{gc.mem_alloc()} bytes used, {gc.mem_free()} free")
    block_bytes, _, _, free_blocks = os.statvfs("/")[:4]
    _line("flash", f"{block_bytes * free_blocks // 1024} kB free")


def _running(scale):
    now_ms, radio, link = scale.clock.uptime_ms(), scale.radio, scale.link
    _line("uptime", f"{now_ms // 1000} s")
    name = networks.name(radio.target.ssid) if radio.target else "none"
    _line("network", f"{name}, {'joined' if radio.joined.is_set() else radio.cause or 'not joined'}")
    _line("clock", scale.clock.text())
    due_ms = link.due_ms(now_ms)
    due = "" if due_ms is None else f"; next call in {due_ms // 1000} s"
    _line("link", f"{link.state}, {link.thing_id or link.detail or 'no answer yet'}{due}")


def logs():
    """Print the last crash, and the last lines of the log."""
    crash = Records().load("crash")[0]
    if crash is not None:
        _line("last crash", crash.why)
        for line in crash.lines:
            _line("before it", line)
    for line in console.recent():
        _line("log", line)


def scan():
    """Print the networks in range, the strongest first. Raises OSError when the radio refuses."""
    wifi = Wifi()
    _is_joined(wifi)  # the radio finds nothing while it joins
    rows = wifi.scan()
    for ssid, _, channel, rssi_dbm, security, _ in sorted(rows, key=lambda row: -row[3]):
        kind = _SECURITY[security] if security < len(_SECURITY) else "other"
        _line(f"{rssi_dbm} dBm", f"channel {channel:2}  {kind:9} {networks.name(ssid) or '(hidden)'}")
    _line("in range", len(rows))


def link_once():
    """Make one link call and print each step, the ms it took, and what the scale would do; it keeps nothing."""
    identity, settings, network = Records().load("identity", "settings", "wifi")
    if None in (identity, settings, network):
        _line("no call", "identity or Wi-Fi is missing")
        return
    import random

    import failure

    from firmware.core import answer as answers
    from firmware.core.link import Link
    from firmware.services.setup import TRANSPORT

    clock, link = Clock(release.BUILT_AT_S), Link(random.random)
    steps = _Steps(clock)
    try:
        answer = _called(identity, settings, network, clock, link, steps)
    except (OSError, ValueError) as error:
        answer = answers.failed(failure.phrase(error))
    modules.forget(TRANSPORT)
    steps.told("answer", answer.detail)
    link.answered(0, answer)
    due_ms = link.due_ms(0)
    _line("it would", f"ask again in {due_ms // 1000} s" if due_ms else f"keep thing {link.thing_id}")


def _called(identity, settings, network, clock, link, steps):
    console.secret(identity.thing_token)
    steps.told("network", _joined(network))
    import socket

    host = settings.api_url.split("/")[2].split(":")[0]
    steps.told("name", f"{host} is {socket.getaddrinfo(host, 443)[0][-1][0]}")
    steps.told("clock", _set(clock, settings.ntp_hosts))
    import https
    import ussl

    from firmware.scale import roots
    from firmware.services.cloud_link import CloudLink

    steps.watch(ussl, "connect", "TLS")
    steps.watch(https, "post_json", "status")
    return CloudLink(link, identity, settings, clock, None, None, None, None, roots, None).call()


def _set(clock, hosts):
    """Set the date as the firmware does, by the first server that answers or else by its own; returns it as text."""
    for host in hosts:
        try:
            clock.ask(host)
            return f"{clock.text()}, says {host}"
        except (OSError, ValueError):
            pass
    if not clock.is_set():
        clock.set_to_floor()
    return f"no time server answers; going on with {clock.text()}"


class _Steps:
    """Prints each step with the ms since the one before."""

    def __init__(self, clock):
        self._clock = clock
        self._told_ms = clock.uptime_ms()

    def told(self, name, text):
        now_ms = self._clock.uptime_ms()
        _line(name, f"{text}; {now_ms - self._told_ms} ms")
        self._told_ms = now_ms

    def watch(self, module, function, name):
        plain = getattr(module, function)

        def seen(*args, **options):
            found = plain(*args, **options)
            self.told(name, getattr(found, "status", "verified"))
            return found

        setattr(module, function, seen)


def _is_joined(wifi):
    """Tell whether the station has an address; an attempt that is under way is given up."""
    if wifi.is_joined():
        return True
    if wifi.leave():
        chip.rest_ms(joining.SETTLE_MS)
    return False


def _joined(network):
    wifi, waited_ms = Wifi(), 0
    if not _is_joined(wifi):
        wifi.join(network.ssid, network.key)
        while (cause := joining.outcome(wifi.progress(), wifi.is_stale(), waited_ms)) == joining.JOINING:
            chip.rest_ms(_LOOK_MS)
            waited_ms += _LOOK_MS
        if cause != joining.JOINED:
            raise OSError(cause)
    return f"{networks.name(network.ssid)}, {wifi.address()}"


def _line(name, text):
    console.say("{:<13} {}".format(name + ":", text))
