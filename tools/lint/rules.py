"""The rules of docs/design.md as data: who may import what, how large things may be, and the known exceptions."""

from __future__ import annotations

from dataclasses import dataclass

DATA = frozenset("json binascii hashlib struct collections errno io math re random gc sys micropython".split())
HARDWARE = frozenset("machine network esp32 esp vfs ntptime bluetooth espnow neopixel".split())
LIBRARY = frozenset("bounded console exchange failure https reply_head store ussl".split())


@dataclass(frozen=True)
class Layer:
    """The files under `prefix` may import the modules `may`, and those that begin with one of `packages`."""

    prefix: str
    may: frozenset[str]
    packages: tuple[str, ...] = ()


# The first prefix that fits a file decides.
LAYERS = (
    Layer("lib/store.py", DATA | LIBRARY | {"os"}),
    Layer("lib/https.py", DATA | LIBRARY | {"socket", "urequests"}),
    Layer("lib/ussl.py", DATA | LIBRARY | {"tls"}),
    Layer("lib/", DATA | LIBRARY | {"time"}),
    Layer("firmware/core/", DATA, ("firmware.core",)),
    Layer(
        "firmware/services/",
        DATA | LIBRARY | {"asyncio", "socket", "urequests", "microdot"},
        ("firmware.core", "firmware.services"),
    ),
    Layer("firmware/hw/", DATA | HARDWARE | LIBRARY | {"time", "os"}, ("firmware.core",)),
    Layer("firmware/app.py", DATA | LIBRARY | {"asyncio", "os"}, ("firmware",)),
    Layer("main.py", frozenset({"sys"}), ("firmware",)),
    Layer("boot.py", frozenset({"sys"})),
)
# Host tools are free to use CPython, but reach into the device code only where one definition serves both sides.
TOOLS_MAY = ("firmware.core",)

DEVICE = ("boot.py", "main.py", "firmware", "lib")
MAX_FILE_LINES = 250
MAX_FUNCTION_LINES = 40
CATCHES_EVERYTHING = frozenset({"firmware/app.py"})  # the supervisor
STARTS_THINGS = frozenset({"boot.py", "main.py"})

# What pyright may say because the stubs, or it, cannot know better: (file, words in the message) -> why.
KNOWN = {
    ("firmware/app.py", '"release" is unknown import symbol'): "the build generates it",
    ("lib/ussl.py", 'attribute "verify_mode"'): "modtls_mbedtls.c has it; the stubs lack it",
}
# Public names of the stand-ins that the stubs lack although the chip has them: (module, name) -> why.
STAND_IN_KNOWN = {
    ("network", "WLAN.connect"): "network_wlan.c names its second parameter key",
}
