"""Finds the Chromium that the page tests drive and, as root on Debian, installs it.

It starts no browser: that is `tests/e2e/conftest.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ADVICE = "no Chromium: the page tests are skipped; install Debian's package `chromium`, then run the same command again"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_DEBIAN = Path("/etc/debian_version")


def found() -> str | None:
    """The browser's path, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install it where that needs nobody's leave; anywhere else say how. A failure to install is said, not raised."""
    if found():
        return
    if os.geteuid() or not _DEBIAN.exists() or not shutil.which("apt-get"):
        print(ADVICE, flush=True)
        return
    print("installing chromium", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True, "check": False}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-dejavu-core"]
    if subprocess.run(install, **quiet).returncode:
        subprocess.run(["apt-get", "update", "-q"], **quiet)
        done = subprocess.run(install, text=True, **quiet)
        if done.returncode:
            print(f"chromium cannot be installed: {done.stderr.strip().splitlines()[-1:]}", flush=True)
