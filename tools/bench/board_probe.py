"""Runs the firmware as it is and prints what its heap holds, for the bench.

It changes nothing: it looks on where the firmware gives way, and after each handshake, where a call needs most.
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


def _wrapped(*details, **names):
    secured = wrap_socket(*details, **names)
    print("HEAP call", gc.mem_alloc() - base)
    return secured


asyncio.run = lambda main: _run(_watched(main))
gc.collect()
base = gc.mem_alloc()

import ussl

wrap_socket, ussl.wrap_socket = ussl.wrap_socket, _wrapped

from firmware import app

gc.collect()
print("HEAP imports", gc.mem_alloc() - base)
app.run()
