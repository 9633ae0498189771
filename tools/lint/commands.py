"""The checks that other programs make: ruff for style, mpy-cross for what MicroPython understands.

Does not choose ruff's rules; pyproject.toml does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import build
from tools.lint.source import Finding, Source

_RUFF = (sys.executable, "-m", "ruff")


def ruff(root: Path) -> Iterator[Finding]:
    """Yield what `ruff check` finds and each file `ruff format` would change. Raises RuntimeError if ruff breaks."""
    for words in (["check"], ["format", "--check"]):
        for found in _found([*words, "--output-format=json", "--quiet", "."], root):
            path = Path(found["filename"]).relative_to(root).as_posix()
            yield Finding(path, found["location"]["row"], f"ruff {found['code']}", found["message"])


def compiles(source: Source) -> Iterator[Finding]:
    """Yield why a device file does not compile to .mpy, if it does not."""
    try:
        build.compiled(source.text.encode(), source.path)
    except build.BuildError as error:
        _, line, what = str(error).split(":", 2)
        yield Finding(source.path, int(line), "mpy-cross", what.strip())


def _found(arguments: list[str], root: Path) -> list[dict[str, Any]]:
    done = subprocess.run([*_RUFF, *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"ruff {arguments[0]}: {done.stderr.strip()}")
    return json.loads(done.stdout)
