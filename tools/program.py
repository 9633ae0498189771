"""Which files on a device are the program's, to be replaced and pruned, and which are its own, never to be touched.

It knows names only.
"""

from __future__ import annotations

from collections.abc import Iterable

FOLDERS = ("/firmware", "/lib", "/certs")
PLAIN = ("/boot.py", "/main.py")
STAGE = "/next"  # where an update waits until it is complete; `boot.py` knows this name too
PLAN = STAGE + "/plan"


def is_program(path: str) -> bool:
    """Tell whether a deploy may replace or remove the file."""
    return path in PLAIN or path.startswith(tuple(folder + "/" for folder in (*FOLDERS, STAGE)))


def stale(paths: Iterable[str], tree: dict[str, bytes]) -> list[str]:
    """Those of the `paths` on a device that belong to the program and that `tree` no longer has."""
    return sorted(path for path in paths if is_program(path) and path not in tree)
