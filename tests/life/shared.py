"""Puts what the two simulators share within reach: the model of the radio and the chip's modules, the very files.

It stands in for what those files need of CPython, and of the simulator around them. Importing it does that.
"""

import gc
import sys

from life import air, clock, wire

_ROM = "tools/simulator/rom"


class Blank:
    """A module without content, or a folder of modules when it has a `__path__`."""


def _dataclass(*given, **_):
    return given[0] if given else lambda cls: cls


def _place():
    for name in ("__future__", "dataclasses", "typing", "tools", "tools.simulator.ports"):
        sys.modules[name] = Blank()
    sys.modules["__future__"].annotations = sys.modules["typing"].Any = None
    sys.modules["dataclasses"].dataclass = _dataclass
    sys.modules["tools"].__path__ = "tools"
    sys.modules["tools"].__name__ = "tools"
    sys.modules["tools.simulator.ports"].Ports = Blank
    sys.modules["tools.simulator.ether"] = air
    sys.modules["clock"] = clock
    sys.modules["wire"] = wire


def _take_over():
    """Make the chip's modules those of the simulator, where this one has none of its own."""
    from life.rom import esp32, socket, tls

    own = {"esp32": esp32, "socket": socket, "tls": tls}
    sys.modules.update(own)
    sys.modules["usocket"] = socket
    sys.path.insert(0, _ROM)
    for name in ("time", "machine", "network", "ntptime"):
        sys.modules.pop(name, None)
        own[name] = sys.modules[name] = __import__(name)
    sys.path.pop(0)
    sys.modules["gc"] = _Collector()
    return own


class _Collector:
    """`gc` for the firmware, which would have the whole world collected each time it has used 4 kB."""

    collect = staticmethod(lambda: None)
    really_collect = staticmethod(gc.collect)
    mem_alloc = staticmethod(gc.mem_alloc)
    mem_free = staticmethod(gc.mem_free)

    def threshold(self, *size):
        return -1


_place()
from tools.simulator.radio import Radio  # noqa: E402, F401
from tools.simulator.station import RadioError, Timing  # noqa: E402, F401

MODULES = _take_over()
