"""Who may import what: the boundaries of docs/design.md as a table.

Does not look at any file; `imports.py` holds the files against it.
"""

from __future__ import annotations

from dataclasses import dataclass

# Modules of lib that speak to the network, and the one that touches `os`. Who may not do that may not import them.
TRANSPORT = frozenset({"bounded", "exchange", "https", "ussl"})
STORE = frozenset({"store"})

_PURE = frozenset({"binascii", "collections", "errno", "hashlib", "json", "math", "re", "struct"})
_DATA = _PURE | {"gc", "io", "micropython", "random", "sys"}
_SOCKETS = frozenset({"select", "socket", "tls"})
_HARDWARE = frozenset({"bluetooth", "esp", "esp32", "espnow", "machine", "neopixel", "network", "ntptime", "vfs"})
_LIB = frozenset({"lib.plain", "lib.store", "lib.transport"})


@dataclass(frozen=True)
class Layer:
    """Files under `paths` may import `may` and nothing else or, where `may` is None, all but `never`.

    A name is a top-level module, `firmware.<part>`, `importlib.<part>` or `lib.<kind>`; `.*` in `never` covers all parts.
    """

    name: str
    paths: tuple[str, ...]
    may: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    def allows(self, name: str) -> bool:
        """Tell whether a file of this layer may import `name`."""
        if self.may is not None:
            return name in self.may
        return name not in self.never and f"{name.partition('.')[0]}.*" not in self.never


# The first layer whose path fits counts.
LAYERS = (
    Layer("boot.py", ("boot.py",), frozenset({"gc", "os", "sys"})),  # `os` to finish an update
    Layer("main.py", ("main.py",), frozenset({"gc", "sys", "firmware.app"})),
    Layer(
        "the composition root",
        tuple(f"firmware/{name}.py" for name in ("app", "life", "repl", "safe_mode", "scale")),
        # `os` to list folders, and to say how full the flash is; `socket` to time a name look-up
        _DATA
        | _LIB
        | {"asyncio", "os", "socket", "firmware.core", "firmware.hw", "firmware.release", "firmware.services"}
        | {"firmware.life", "firmware.repl", "firmware.safe_mode", "firmware.scale"},
    ),
    Layer("core", ("firmware/core/",), _PURE | {"lib.plain", "firmware.core"}),
    Layer(
        "services",
        ("firmware/services/",),
        _DATA | _LIB | _SOCKETS | {"asyncio", "time", "urequests", "microdot", "firmware.core", "firmware.services"},
    ),
    Layer(
        "hw",
        ("firmware/hw/",),
        _DATA | _HARDWARE | {"asyncio", "os", "time", "lib.plain", "lib.store", "firmware.core", "firmware.hw"},
    ),
    Layer("a place nobody planned", ("firmware/",), frozenset()),
    Layer(
        "the transport",
        tuple(f"lib/{name}.py" for name in sorted(TRANSPORT)),
        _DATA | _SOCKETS | {"time", "urequests", "lib.plain", "lib.transport"},
    ),
    Layer("the record store", tuple(f"lib/{name}.py" for name in sorted(STORE)), _DATA | {"os", "lib.plain"}),
    Layer("lib", ("lib/",), _DATA | {"lib.plain"}),
    Layer(
        "the bench's programs for the board",
        ("tools/bench/board_",),
        never=frozenset({"firmware.core", "tests", "tools"}),
    ),
    Layer("the stand-ins", ("tools/simulator/rom/",), never=frozenset({"firmware.*", "lib.*", "tests", "tools"})),
    Layer(
        "tools",
        ("tools/",),
        never=_HARDWARE
        | {"firmware.app", "firmware.hw", "firmware.release", "firmware.services"}
        | {"importlib", "importlib.import_module", "importlib.util", "tests"},
    ),
)
