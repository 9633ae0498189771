"""What a scale does that has died too often: the light, the button and the REPL, nothing else, and then it tries again.

When that is, and for how long, is decided in `core.lives`.
"""

import asyncio

import console

from firmware.core import light
from firmware.hw.panel import Panel
from firmware.services.panel import PanelService
from firmware.services.pulse import Pulse


def run(settings, life):
    """Wait for as long as `life` says, or for a press of the button; ends in a reset."""
    asyncio.run(_wait(Panel(settings.led_pin, settings.button_pin), life))


async def _wait(panel, life):
    safe_ms, uptime_ms = life.safe_ms(), life.clock.uptime_ms
    console.Log("boot").warn(
        f"safe mode: too many short lives; trying again in {safe_ms // 60_000} min, or by the button"
    )
    pulses = Pulse(uptime_ms), Pulse(uptime_ms)
    service = PanelService(panel, uptime_ms, lambda: light.SAFE, life.leave_safe_mode, life.forget, *pulses)
    for job in (service.play(), service.listen()):
        asyncio.create_task(job)
    await asyncio.sleep_ms(safe_ms)
    life.leave_safe_mode()
