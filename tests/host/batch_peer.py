"""What the batch tests share: the command in a process of its own, and a look at what it has made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.host.sandbox_peer import Platform
from tools.factory.ledger import Ledger

ROOT = Path(__file__).parents[2]
EACH = {"identity.json", "label.pdf", "label.png", "card.pdf", "card.png"}
Run = Callable[..., Result]


def start(csv: Path, out: Path) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    command = [sys.executable, "-m", "tools", "batch", str(csv), "--out", str(out)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def folders(out: Path) -> dict[str, dict[str, str]]:
    """The scales in a folder: serial -> content of identity.json."""
    return {path.parent.name: json.loads(path.read_bytes()) for path in out.glob("*/identity.json")}


def entries(tmp_path: Path) -> dict[str, str]:
    """What the ledger knows: serial -> state."""
    with Ledger(tmp_path / "data" / "scale-link" / "ledger.sqlite") as book:
        return {entry.serial: entry.state for entry in book.entries()}


def activations(platform: Platform) -> int:
    """How many codes were turned into things."""
    return sum(call.route == "/v2/things" and call.status == 201 for call in platform.sandbox.calls())
