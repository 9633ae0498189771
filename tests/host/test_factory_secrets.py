"""No secret of the factory where it does not belong: not in output, errors, reprs, the ledger, or another file.

Command lines are watched while a batch runs.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.factory_peer import everything_below, new_token, words, write_csv
from tests.host.sandbox_peer import Platform
from tools.factory import scale as scales
from tools.factory.order import Order, parse
from tools.factory.scale import Scale

ROOT = Path(__file__).parents[2]
SETUP_KEY, WIFI_KEY = "setup-key-to-hide", "wifi-key-to-hide"
HEADER = "thing_token,activation_code,setup_key,wifi_ssid,wifi_key"


def _command_lines() -> str:
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # that process has just ended
            continue
    return "\n".join(lines)


def test_a_batch_shows_nothing(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token, code, bad = new_token(), platform.sandbox.new_activation_code(), "wrong-code-to-hide"
    rows = (f"{token},,{SETUP_KEY},Home,{WIFI_KEY}", f",{code},,,", f",{bad},,,", f"{token} x,,{SETUP_KEY},,")
    csv = write_csv(tmp_path / "b.csv", *rows, header=HEADER)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    options = ["--out", str(tmp_path / "out"), "--url", platform.sandbox.url, "--ca", str(platform.sandbox.ca_pem_path)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tools", "batch", str(csv), *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seen = ""
    while process.poll() is None:
        seen += _command_lines()
    output = process.communicate()[0]
    assert "2 rows left out" in output
    made = [scale for folder in (tmp_path / "out").glob("*/") if (scale := scales.load(folder))]
    activated = next(scale.token for scale in made if scale.token != token)
    generated = next(scale.setup_key or "" for scale in made if scale.setup_key != SETUP_KEY)
    hidden = (token, code, bad, activated, SETUP_KEY, generated, WIFI_KEY)
    for secret in hidden:
        assert secret not in output
        assert secret not in seen
    _look_into_the_files(tmp_path / "out", hidden, on_labels=(SETUP_KEY, generated))
    ledger = tmp_path / "data" / "scale-link" / "ledger.sqlite"
    dump = "\n".join(sqlite3.connect(ledger).iterdump())
    for secret in hidden:
        assert secret not in dump
        assert secret.encode().hex().upper() not in dump.upper()
        assert secret.encode() not in ledger.read_bytes()


def _look_into_the_files(out: Path, hidden: tuple[str, ...], on_labels: tuple[str, ...]) -> None:
    """In the clear a secret stands in the two files for the board alone; in print, the setup key on labels alone."""
    for path, content in everything_below(out):
        text = words(content) if path.suffix == ".pdf" else ""
        for secret in hidden:
            in_the_clear = secret.encode() in content
            assert not in_the_clear or path.name in ("identity.json", "wifi.json"), path
            assert secret not in text or (secret in on_labels and path.name.startswith("label")), path


@pytest.mark.parametrize(
    "made",
    [
        parse({"thing_token": "token-to-hide", "setup_key": SETUP_KEY, "wifi_ssid": "Home", "wifi_key": WIFI_KEY}),
        Order(code="code-to-hide"),
        Scale("7KM2XQ9RTF", "token-to-hide", SETUP_KEY, {"ssid": "Home", "key": WIFI_KEY}),
    ],
)
def test_what_python_prints_of_it_shows_nothing(made: object) -> None:
    for text in (repr(made), str(made), f"{made}"):
        assert "to-hide" not in text


def test_a_crash_shows_no_locals(tmp_path: Path) -> None:
    """A trace of an error nobody foresaw is for the developers; it must not carry values."""
    code = "import sys; sys.path[:0] = ['.', 'lib']\nfrom tools import cli\nfrom tools.factory import command\n"
    code += "def crash(*words, **more):\n    secret = 'token-' + 'to-hide'\n    raise ZeroDivisionError\n"
    code += "command.Ledger = crash\ncli._commands(['provision', '--port', '/dev/null'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "ZeroDivisionError" in done.stderr
    assert "token-to-hide" not in done.stderr
