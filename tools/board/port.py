"""Looks at a serial port before anything is sent: whether it is there, may be opened, and is free.

It sends nothing, and leaves the port as it was.
"""

from __future__ import annotations

import contextlib
import errno
import grp
import os
from pathlib import Path

import serial
from serial.tools import list_ports

from tools import terminal
from tools.board.errors import PortError


def check(port: str) -> None:
    """Raise PortError when `port` cannot be used, with what to do about it. Raises KeyboardInterrupt when told to end."""
    terminal.heed()
    if not Path(port).exists():
        raise PortError(f"there is no port {port}; plug the board in, or try another cable: {in_sight()}")
    try:
        with serial.Serial(port, exclusive=True) as probe:
            unlock(probe)
    except serial.SerialException as error:
        raise PortError(_reason(port, error)) from None


def _reason(port: str, error: serial.SerialException) -> str:
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"{port} may not be opened; join its group with `sudo usermod -aG {_group(port)} $USER`, then log in again"
        )
    if error.errno == errno.EBUSY or "lock" in str(error):
        return f"{port} is busy: {_holder(port)} has it open; close that, then try again"
    return f"{port} cannot be used as a serial port: {os.strerror(error.errno) if error.errno else error}"


def unlock(line: serial.Serial) -> None:
    """Give up the lock on an open port: closed alone, a process that another thread just forked would keep it a while."""
    with contextlib.suppress(OSError):
        line.exclusive = False


def in_sight() -> str:
    """The serial ports there are, in words."""
    found = [one.device for one in list_ports.comports()]
    return f"there is {', '.join(found)}" if found else "no serial port is in sight"


def _group(port: str) -> str:
    try:
        return grp.getgrgid(os.stat(port).st_gid).gr_name
    except (KeyError, OSError):
        return "dialout"


def _holder(port: str) -> str:
    """The program that has the port open, as far as one may look."""
    port = os.path.realpath(port)  # /dev/serial/by-id has other names for it
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile, or is somebody else's
            held = set(map(os.readlink, (process / "fd").iterdir()))
            # Who holds the other end of a pseudo-terminal is a simulator, and in nobody's way.
            if port in held and not any(name.endswith("/ptmx") for name in held) and process.name != str(os.getpid()):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
    return "another program"
