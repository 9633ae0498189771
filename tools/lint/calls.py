"""Device code may only call what the real chip has: pyright holds it against the chip's public stubs.

Device code has no type hints, so what pyright says of a value that may be None is not asked for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import build, vendor
from tools.lint import known, typings
from tools.lint.source import DEVICE, Finding

_UNASKED = (
    "reportMissingModuleSource",
    "reportOptionalIterable",
    "reportOptionalMemberAccess",
    "reportOptionalOperand",
    "reportOptionalSubscript",
)


def check(root: Path) -> Iterator[Finding]:
    """Yield what pyright finds in the device code below `root`. Raises VendorError, or RuntimeError if pyright breaks."""
    files = [*root.glob("*.py"), *(path for part in ("firmware", "lib") for path in (root / part).rglob("*.py"))]
    unused = {key for key in known.CALLS if (root / key[0]).exists()}
    for problem in _problems(_configured(root), len(files)):
        path = Path(problem["file"]).relative_to(root).as_posix()
        message = " ".join(problem["message"].split())
        excuse = next((key for key in known.CALLS if key[0] == path and key[1] in message), None)
        unused.discard(excuse or ("", ""))
        if excuse is None:
            yield Finding(path, problem["range"]["start"]["line"] + 1, "chip", message)
    for path, words in unused:
        yield Finding(path, 1, "chip", f"known.py excuses {words!r}, which is not said any more")


def _configured(root: Path) -> Path:
    """The folder with pyright's configuration, and with the modules that only the build makes."""
    folder = root / ".build" / "lint"
    made = folder / "made" / "firmware" / "release.py"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(build.release())
    stubs = str(typings.folder())
    settings: dict[str, Any] = {
        "include": [f"../../{part}" for part in DEVICE if (root / part).exists()],
        "typeshedPath": stubs,
        "extraPaths": [str(path) for path in (root, root / "lib", made.parents[1], vendor.modules())] + [stubs],
        "pythonVersion": "3.11",
        **dict.fromkeys(_UNASKED, "none"),
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    return folder


def _problems(config: Path, count: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "pyright", "--outputjson", "--project", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # 0 is clean and 1 is findings; more is a fault of pyright's or of the configuration.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pyright: {(done.stderr or done.stdout).strip()}")
    report = json.loads(done.stdout)
    if report["summary"]["filesAnalyzed"] < count:
        raise RuntimeError("pyright did not read every device file")
    return report["generalDiagnostics"]
