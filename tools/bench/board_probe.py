"""Runs the firmware as it is and prints what its heap holds, for the bench.

It changes nothing: it looks on where the firmware gives way, and after each call, before what that has loaded is forgotten.
"""

import asyncio
import gc

_LOOK_MS = 20
_CLEAN_MS = 10_000
_run = asyncio.run


async def _watched(main):
    asyncio.create_task(_watch())
    await main


async def _watch():
    peak = waited_ms = 0
    while True:
        used = gc.mem_alloc()
        if used > peak:
            peak = used
            print("HEAP peak", used - base)
        if waited_ms % _CLEAN_MS == 0:
            gc.collect()
            print("HEAP now", gc.mem_alloc() - base)
        await asyncio.sleep_ms(_LOOK_MS)
        waited_ms += _LOOK_MS


def _forgotten(names):
    if "https" in names:
        print("HEAP call", gc.mem_alloc() - base)
    forget(names)


asyncio.run = lambda main: _run(_watched(main))
gc.collect()
base = gc.mem_alloc()

import modules

forget, modules.forget = modules.forget, _forgotten

from firmware import app

gc.collect()
print("HEAP imports", gc.mem_alloc() - base)
app.run()
