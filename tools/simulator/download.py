"""Download mode: the chip's ROM loader at the serial port, from esptool's first SYNC until it lets go of the port.

A pseudo-terminal has no DTR and RTS, so SYNC does what holding the boot button does, and letting go what the reset
line does at the end.
"""

from __future__ import annotations

from pathlib import Path

from tools.simulator.flash import Wear
from tools.simulator.loader import SYNC, Loader
from tools.simulator.nor import Nor
from tools.simulator.terminal import Terminal

_GREETING = b"rst:0xc (SW_CPU_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n"


def is_wanted(data: bytes) -> bool:
    """Tell whether esptool is calling."""
    return SYNC in data


class Download:
    """One stay in download mode."""

    def __init__(self, terminal: Terminal, flash: Path, wear: Wear, mac: bytes) -> None:
        self._terminal = terminal
        self._nor = Nor(flash, wear)
        self._loader = Loader(self._nor, mac)
        terminal.let_go()
        terminal.note(_GREETING)

    def close(self) -> None:
        """Leave download mode; the port is the program's again."""
        self._nor.close()
        self._terminal.hold()

    def serve(self, data: bytes | None) -> bool:
        """Answer `data`, None when the host has let go; False when the chip shall start over. Raises PowerCut."""
        if data is None:
            return False
        self._terminal.send(self._loader.take(data))
        return not self._loader.left
