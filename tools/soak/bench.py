"""A process in which whole boards live on virtual time: MicroPython running `tests/life`, asked for one job after another.

It starts the process and hands jobs over; what a job does is written there.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools import build, file_system

_IMAGES = build.ROOT / ".build" / "life"
_HEAP = "10m"
_ANSWER, _TOLD = "@", "|"
_making = threading.Lock()
# What the interpreter prints when it finds a file that a life left open; no code of the device can see that.
_LEFT_OPEN = "OSError: [Errno 19] ENODEV"


class BenchError(RuntimeError):
    """The process died, or printed what no console should; the message says what it said last."""


class Bench:
    """Boards whose flash holds the firmware, perhaps with `changes` made to its sources. Use as a context manager."""

    def __init__(self, changes: Sequence[build.Change] = ()) -> None:
        command = [sys.executable, "-m", "micropython_unix", "-X", f"heapsize={_HEAP}", "tests/life/start.py"]
        self.stray: list[str] = []
        self._process = subprocess.Popen(
            command,
            cwd=build.ROOT,
            env={**os.environ, **_still_clock()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._say({"image": str(image(changes))})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, job: str, **details: Any) -> dict[str, Any]:
        """Have a job of `tests/life` done; returns its answer. Raises BenchError."""
        self._say({"job": job, "today_s": _today_s(), **details})
        assert self._process.stdout
        story = []
        for line in self._process.stdout:
            if line.startswith(_ANSWER):
                return json.loads(line[1:]) | ({"story": story} if story else {})
            if line.startswith(_TOLD):
                story.append(line[1:].rstrip("\n"))
            elif line.strip() != _LEFT_OPEN:
                self.stray.append(line.rstrip())
        raise BenchError(f"{job} {details}: the process ended; " + " | ".join(self.stray[-6:]))

    def _say(self, message: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


def image(changes: Sequence[build.Change] = ()) -> Path:
    """The file with the vfs partition of a board that holds the firmware alone."""
    tree = build.device_tree(changes)
    digest = hashlib.sha256(
        json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in tree.items()}).encode()
    )
    target = _IMAGES / f"{digest.hexdigest()[:16]}.img"
    with _making:
        if not target.exists():
            _make(target, tree)
    return target


def _make(target: Path, tree: dict[str, bytes]) -> None:
    _IMAGES.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}")
    part.write_bytes(file_system.made(tree))
    part.replace(target)


def _today_s() -> int:
    """The true date of the simulated world: a day after the firmware was built, so that a seed stays the same life."""
    found = [line for line in build.release().splitlines() if line.startswith("BUILT_AT_S")]
    return int(found[0].rpartition(" ")[2]) + 86_400


def _still_clock() -> dict[str, str]:
    """Let the desk's own clock stand still: asyncio puts tasks that are due at once in order by it."""
    faketime = files("libfaketime") / "vendor" / "libfaketime" / "src"
    return {"LD_LIBRARY_PATH": str(faketime), "LD_PRELOAD": "libfaketime.so.1", "FAKETIME": "2020-01-01 00:00:00"}
