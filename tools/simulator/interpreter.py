"""One life of the simulated chip's interpreter: MicroPython's unix port behind a pseudo-terminal of its own.

It starts and ends the process and says what state its REPL is in. It decides nothing: that is `device`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
import tty
from importlib.resources import files
from pathlib import Path

from tools.simulator import rom_image

# Why 192 KiB: an official ESP32 image has 146 kB free with both interfaces up, of which the TLS library takes
# about 48 kB from the same memory during a handshake. What is left, 98 kB in 4-byte words, is 196 kB in the
# 8-byte words of the unix port, whose TLS library has memory of its own.
DEFAULT_HEAP_BYTES = 192 * 1024
_LAUNCH = "import os, sys, micropython_run as m; os._exit(m.run_main(['micropython', *sys.argv[1:]]) & 255)"
_PATIENCE_S = 0.2
_names = itertools.count()


class Interpreter:
    """A running interpreter. `tty` is the terminal's master side, `wire` the chip's questions."""

    def __init__(self, flash: Path, clock_file: Path, heap_bytes: int) -> None:
        name = f"chip-{os.getpid()}-{next(_names)}"
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind("\0" + name)
        listener.listen(1)
        self.tty, inner = os.openpty()
        tty.setraw(inner)
        rom = rom_image.folder()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _LAUNCH]
            + ["-X", f"heapsize={heap_bytes + rom_image.HEAP_BYTES}", "-i", str(rom / "start.py")],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            cwd=rom,
            start_new_session=True,
            env=_environment(name, flash, clock_file),
        )
        os.close(inner)
        listener.settimeout(10)
        self.wire, _ = listener.accept()
        listener.close()
        os.set_blocking(self.tty, False)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def kill(self) -> None:
        """End it at once, as loss of power does, and close what led to it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self.wire.close()
        os.close(self.tty)

    def interrupt(self) -> None:
        """Deliver a Ctrl-C to the running program, while it waits for something if it does so soon.

        A chip takes a Ctrl-C between two steps of the program, the unix port at once: in the middle of a garbage
        collection it would find the heap locked, and die.
        """
        end_s = time.monotonic() + _PATIENCE_S
        while not self._waits() and time.monotonic() < end_s:
            time.sleep(0)
        self._process.send_signal(signal.SIGINT)

    def _waits(self) -> bool:
        with open(f"/proc/{self.pid}/stat") as stat:
            return stat.read().rpartition(") ")[2].startswith("S")

    def takes_interrupts(self) -> bool:
        """True while a program runs that Ctrl-C would stop; False at the REPL and after `kbd_intr(-1)`."""
        with open(f"/proc/{self.pid}/status") as status:
            caught = next(line for line in status if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) & 1 << signal.SIGINT - 1)


def _environment(wire: str, flash: Path, clock_file: Path) -> dict[str, str]:
    # By name and folder, for LD_PRELOAD takes a blank in a path for the end of it.
    faketime = files("libfaketime") / "vendor" / "libfaketime" / "src"
    return {
        "TZ": "UTC",
        "LD_LIBRARY_PATH": str(faketime),
        "LD_PRELOAD": "libfaketime.so.1",
        "FAKETIME_TIMESTAMP_FILE": str(clock_file),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "SIMULATOR_WIRE": wire,
        "SIMULATOR_FLASH": str(flash),
    }
