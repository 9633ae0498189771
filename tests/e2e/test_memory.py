"""The memory of a whole set-up, page and TLS included: it fits the default simulated heap, and the peak is printed."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable

from tests.e2e.visit import MakeScale, new, shows, wait_until
from tools.simulator.interpreter import DEFAULT_HEAP_BYTES
from tools.simulator.visit import ask, part, submit
from tools.simulator.world import HOME_KEY, HOME_SSID

# How much fits depends a little on where things come to lie, and that on the length of a path: it has to fit with so much less.
_LUCK_BYTES = 4 * 1024

# Looks whenever the firmware gives way, and at the end of each call, before what it loaded is forgotten. There the garbage is
# collected first, for nobody else does before the firmware has set its threshold.
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
    gc.collect()
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
    wait_until(lambda: shows(phone, "refused the key"))
    submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    one.wait_linked()
    wait_until(lambda: shows(phone, "Your scale is linked"))
    text = one.device.console.text
    assert "stopped by" not in text, text
    # What a stale pointer on the interpreter's stack holds is free at the next call, seconds later: once is borne.
    assert text.count("memory allocation failed") < 2, text
    peak = max(int(found) for found in re.findall(r"PEAK (\d+)", text))
    ours = peak - one.device.rom_heap_bytes
    figure(f"peak heap of a whole set-up: {ours:,} of {DEFAULT_HEAP_BYTES:,} bytes, in 64-bit words")
    assert ours < DEFAULT_HEAP_BYTES


def test_a_link_call_has_room_however_eagerly_the_page_is_asked_for(scale: MakeScale) -> None:
    one, phone = new(scale, heap_bytes=DEFAULT_HEAP_BYTES - _LUCK_BYTES)
    submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    one.device.console.wait_for("waiting for app")
    is_over, answered = threading.Event(), []

    def ask_on() -> None:
        while not is_over.is_set():
            with contextlib.suppress(OSError):  # more than three at once are turned away
                answered.append(part(phone))

    eager = [threading.Thread(target=ask_on) for _ in range(6)]
    for thread in eager:
        thread.start()
    try:
        wait_until(lambda: len(answered) > 20, deadline_s=60)
        one.claim()
        one.wait_linked()
    finally:
        is_over.set()
        for thread in eager:
            thread.join()
    assert "MemoryError" not in one.device.console.text
    assert "out of memory" not in one.device.console.text
