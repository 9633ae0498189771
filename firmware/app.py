"""Begins and ends the lives of the firmware, and is what an engineer finds at the REPL as `app`.

The parts of a running scale and what connects them are in `firmware.scale`.
"""

import asyncio
import gc
import os

import console
import modules

from firmware import release
from firmware.core import light
from firmware.hw import chip
from firmware.hw.panel import Panel
from firmware.life import Life
from firmware.scale import Scale
from firmware.services import setup, supervisor
from firmware.services.panel import PanelService
from firmware.services.pulse import Pulse
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
    _log.info(f"scale firmware {release.VERSION}")
    _last.clear()
    modules.forget(setup.MODULES)  # as a stopped run leaves them
    records = Records()
    life = _last["life"] = Life(records)
    identity, settings = records.load("identity", "settings")
    if _GATE in os.listdir("/"):
        _log.info(f"maintenance: the firmware is not started; remove /{_GATE} and reset to start it")
    elif identity is None or settings is None:
        _log.warn("not started; put right what is named above, then reset")
    else:
        return _live(records, identity, settings, life)
    life.stopped()


def _live(records, identity, settings, life):
    console.secret(identity.thing_token)
    console.secret(identity.setup_key)
    gc.threshold(_GC_THRESHOLD_BYTES)
    try:
        panel = Panel(settings.led_pin, settings.button_pin)
        if life.is_safe():
            asyncio.run(_safe_mode(panel, life))
        if panel.is_down() and not life.was_forgotten():
            _log.info("the button is held: no watchdog in this life")
        else:
            life.watch(settings.link_deadline_ms)
        scale = _last["scale"] = Scale(records, identity, settings, panel, life)
        asyncio.run(scale.live())
    except KeyboardInterrupt:
        life.stopped()
        raise
    except Exception as error:
        gc.collect()
        life.crashed(supervisor.phrase(error))
    finally:
        # What a stopped run leaves behind must neither start with the next nor take its memory.
        asyncio.new_event_loop()
        asyncio.core.cur_task = None


async def _safe_mode(panel, life):
    """Leave out all that may be broken but the light and the button, for a while."""
    safe_ms, uptime_ms = life.safe_ms(), life.clock.uptime_ms
    _log.warn(f"safe mode: too many short lives; trying again in {safe_ms // 60_000} min, or by the button")
    pulses = Pulse(uptime_ms), Pulse(uptime_ms)
    service = PanelService(panel, uptime_ms, lambda: light.SAFE, life.leave_safe_mode, life.forget, *pulses)
    for job in (service.play(), service.listen()):
        asyncio.create_task(job)
    await asyncio.sleep_ms(safe_ms)
    life.leave_safe_mode()


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
