"""Where the chip's public stubs are wrong, or cannot know better: the exceptions, each with its reason.

One that no longer applies is itself a finding, so the list cannot grow old.
"""

from __future__ import annotations

# What pyright says about device code: (file, words of the message) -> why it is no fault.
CALLS = {
    ("lib/ussl.py", 'Attribute "verify_mode" is unknown'): "modtls_mbedtls.c has it, the stub does not",
    ("firmware/core/settings.py", 'parameter "linked" of type "bool"'): "pyright takes the default for a type hint",
}

# Public names of the stand-ins that the stubs lack or describe otherwise: (module, name) -> why.
STAND_INS = {
    ("esp32", "Partition.ioctl"): "esp32_partition.c always takes both arguments",
    ("machine", "WDT.__init__"): "machine_wdt.c takes id and timeout by position too",
}
