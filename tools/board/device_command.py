"""`python -m tools device`: the tests of `tests/device` on a real board, or on a simulated one.

Exit status: 0 all passed, or skipped for want of a board; 1 some failed; 3 the port cannot be used.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from tools import build
from tools.board import port as ports
from tools.board.words import Ca, Port, one_line_errors
from tools.test import read_report

NO_BOARD = "no board; make device PORT=/dev/ttyUSB0"


def device(port: Port = "", ca: Ca = None) -> None:
    """Test a board with this program: harmless, identity and state stay. Without a port everything is skipped.

    Example: python -m tools device --port /dev/ttyUSB0
    """
    with one_line_errors("the board may be stopped; its reset button starts it again"):
        if port:
            ports.check(port)
        raise typer.Exit(_run({"DEVICE_PORT": port, "DEVICE_CA": str(ca.absolute()) if ca else ""}))


def _run(board: dict[str, str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "device.xml"
        line = [sys.executable, "-m", "pytest", "tests/device", "-p", "no:cacheprovider", f"--junit-xml={report}"]
        line += ["-v"] if board["DEVICE_PORT"] else ["-qq"]
        done = subprocess.run(line, cwd=build.ROOT, env={**os.environ, **board}, check=False)
        count = read_report(report).checked(done.returncode)
    skipped = f", {count.skipped} skipped" if count.skipped else ""
    no_board = f": {NO_BOARD}" if not board["DEVICE_PORT"] else ""
    typer.echo(f"{count}{skipped}{no_board}")
    return 1 if count.failed else 0
