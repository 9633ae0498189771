"""Begins and ends the lives of the firmware, and is what an engineer finds at the REPL as `app`.

The parts of a running scale and what connects them are in `firmware.scale`.
"""

import asyncio
import gc
import os

import console

from firmware import release
from firmware.hw import chip
from firmware.life import Life
from firmware.services.records import Records

# With a file of this name in flash the firmware leaves the board to the engineer.
_GATE = "maintenance"
# Collecting often keeps the heap in few pieces: the chip has little of it, and a handshake takes large ones.
_GC_THRESHOLD_BYTES = 4_096

_log = console.Log("boot")


# The scale and the life that ran last, for the REPL to ask.
_last = {}


def run():
    """Run the firmware; Ctrl-C stops it. Returns to the REPL when it cannot be started, saying why."""
    _last.clear()
    try:
        _live_or_crash()
    except KeyboardInterrupt:
        if "life" in _last:
            _last["life"].stopped()
        raise
    finally:
        # What a stopped run leaves behind must neither start with the next nor take its memory or its addresses.
        if "scale" in _last:
            _last["scale"].abandon()
        asyncio.new_event_loop()
        asyncio.core.cur_task = None


def _live_or_crash():
    try:
        _live()
    except Exception as error:
        gc.collect()
        # Where a life could not even begin, one begins to pause and start over.
        (_last.get("life") or Life(Records())).crashed(f"{type(error).__name__}: {error}")


def _live():
    _log.info(f"scale firmware {release.VERSION}")
    records = Records()
    life = _last["life"] = Life(records)
    if _GATE in os.listdir("/"):
        _log.info(f"maintenance: the firmware is not started; remove /{_GATE} and reset to start it")
        return life.stopped()
    known = identity, settings, _, wifi = records.load("identity", "settings", "state", "wifi")
    if identity is None or settings is None:
        _log.warn("not started; mend what is named above and reset")
        return life.stopped()
    for secret in (identity.thing_token, identity.setup_key, wifi.key if wifi else None):
        console.secret(secret)
    gc.threshold(_GC_THRESHOLD_BYTES)
    if life.is_safe():
        from firmware import safe_mode  # few lives need it

        safe_mode.run(settings, life)
    asyncio.run(_scale(records, known, life).live())


def _scale(records, known, life):
    """Return the scale, its watchdog running. The radio joins while the most of the program is loaded."""
    from firmware.hw.wifi import Wifi

    radio, (_, settings, _, wifi) = Wifi(), known
    begun = wifi if wifi is not None and radio.head_start(wifi.ssid, wifi.key) else None

    from firmware.hw.panel import Panel
    from firmware.scale import Scale

    panel = Panel(settings.led_pin, settings.button_pin)
    if panel.is_down() and not life.was_forgotten():
        life.park()
        _log.info("the button is held: no watchdog in this life")
    else:
        life.watch(settings.link_deadline_ms)
    scale = _last["scale"] = Scale(records, known, panel, life, radio, begun)
    return scale


def relink():
    """Forget the link in flash and run: the scale asks again and can go to another owner."""
    if Records().forget_link():
        run()


def forget():
    """Forget Wi-Fi and start over, linked or not; a linked scale opens its page at a press of the button."""
    if Records().forget_wifi():
        chip.reset()


def factory_reset():
    """Forget Wi-Fi and link, keep the identity, and start over: the scale can go to another owner."""
    Life(Records()).forget()


def status():
    """Print how the scale is, on one screen."""
    _repl().status(_last.get("scale"), _last.get("life"))


def logs():
    """Print the last crash and the last lines of the log."""
    _repl().logs()


def scan():
    """Print the networks in range."""
    _repl().scan()


def link_once():
    """Make one link call now, and print each of its steps."""
    _repl().link_once()


def _repl():
    from firmware import repl

    return repl
