"""Where the chip's public stubs are wrong, or cannot know better: the exceptions, each with its reason.

One that no longer applies is itself a finding, so the list cannot grow old.
"""

from __future__ import annotations

# What pyright says about device code: (file, words of the message) -> why it is no fault.
CALLS = {
    ("lib/ussl.py", 'Attribute "verify_mode" is unknown'): "modtls_mbedtls.c has it, the stub does not",
    ("firmware/core/settings.py", 'parameter "linked" of type "bool"'): "pyright takes the default for a type hint",
    ("firmware/services/name_server.py", "is not awaitable"): "MicroPython awaits plain generators",
    (
        "firmware/services/name_server.py",
        '"core" is not a known attribute',
    ): "asyncio/core.py is there, and holds the poller",
    ("firmware/app.py", '"core" is not a known attribute'): "the same; it holds the task that ran last, too",
    ("firmware/services/portal.py", 'cannot be assigned to parameter "body"'): "microdot takes generators too",
}

# Public names of the stand-ins that the stubs lack or describe otherwise: (module, name) -> why.
STAND_INS = {
    ("socket", "socket.__init__"): "an accepted connection is handed in",
    ("socket", "socket.ioctl"): "how the poller asks a stream written in Python; the chip's is in C",
    ("esp32", "Partition.ioctl"): "esp32_partition.c always takes both arguments",
    ("machine", "WDT.__init__"): "machine_wdt.c takes id and timeout by position too",
}
