"""What an engineer at the REPL gets to see: how the scale is, and what it did.

It changes nothing, and is imported only when somebody asks.
"""

import gc
import os
import sys

import console

from firmware import release
from firmware.core import networks
from firmware.services.records import Records


def status(scale, life):
    """Print one screen about `scale`, a `firmware.scale.Scale`, and `life`; either is None when nothing ran."""
    records = Records()
    _line("firmware", release.VERSION)
    _line("MicroPython", ".".join([str(number) for number in sys.implementation.version[:3]]))
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


def _line(name, text):
    console.say("{:<13} {}".format(name + ":", text))
