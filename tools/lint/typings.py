"""The public type stubs of the chip's own modules: installed once, by hash, into .build/typings.

Only linters read them; nothing imports them and no device gets them.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import vendor
from tools.lint.source import ROOT

FOLDER = ROOT / ".build" / "typings"
_WANTED = Path(__file__).with_name("stubs.txt")
_STAMP = ".stubs.txt"
# Modules that the device gets from us, which the stubs describe as somebody else's.
_OURS = ("urequests.pyi", "ussl.pyi")


def folder() -> Path:
    """The folder with the stubs, installed if need be. Raises VendorError."""
    FOLDER.parent.mkdir(exist_ok=True)
    with (FOLDER.parent / "typings.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        stamp = FOLDER / _STAMP
        if not stamp.exists() or stamp.read_text() != _WANTED.read_text():
            _install()
    return FOLDER


def _install() -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as scratch:
        part = Path(scratch) / "typings"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
        done = subprocess.run(
            [*command, "--target", str(part), "-r", str(_WANTED)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise vendor.VendorError(f"the chip's stubs cannot be installed: {reason}")
        for name in _OURS:
            (part / name).unlink()
        (part / _STAMP).write_text(_WANTED.read_text())
        shutil.rmtree(FOLDER, ignore_errors=True)
        part.rename(FOLDER)
