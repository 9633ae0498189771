"""The memory of a whole set-up, page and TLS included: it fits the default simulated heap, and the peak is printed."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.e2e.visit import MakeScale, new, wait_until
from tools.simulator.interpreter import DEFAULT_HEAP_BYTES
from tools.simulator.visit import ask, part, submit
from tools.simulator.world import HOME_KEY, HOME_SSID

# Looks whenever the firmware gives way, and at the end of each call, before what it loaded is forgotten.
_PROBED = b"""
import asyncio, gc, sys
sys.path.remove('/lib')
sys.path.insert(0, '/lib')
import modules
from firmware import app, scale
peak = 0
def look():
    global peak
    used = gc.mem_alloc()
    if used > peak:
        peak = used
        print('PEAK', used)
async def watch():
    while True:
        look()
        await asyncio.sleep_ms(20)
forget, live = modules.forget, scale.Scale.live
def probed(names):
    look()
    forget(names)
modules.forget = probed
async def both(self):
    asyncio.create_task(watch())
    await live(self)
scale.Scale.live = both
app.run()
"""


def test_the_whole_set_up_fits_the_default_heap(scale: MakeScale, figure: Callable[[str], None]) -> None:
    one, phone = new(scale, files={"/main.py": _PROBED})
    one.claim()
    ask(phone, "/", "Accept-Encoding: gzip")
    submit(phone, network=HOME_SSID.encode().hex(), key="wrong horse battery")
    wait_until(lambda: "refused the key" in part(phone))
    submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    one.wait_linked()
    wait_until(lambda: "Your scale is linked" in part(phone))
    text = one.device.console.text
    assert "MemoryError" not in text
    peak = max(int(found) for found in re.findall(r"PEAK (\d+)", text))
    ours = peak - one.device.rom_heap_bytes
    figure(f"peak heap of a whole set-up: {ours:,} of {DEFAULT_HEAP_BYTES:,} bytes, in 64-bit words")
    assert ours < DEFAULT_HEAP_BYTES
