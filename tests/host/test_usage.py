"""The command line asks for what was left out: one line with the words to type, exit status 2, and nothing else touched."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tools import build, cli

MISSING = [
    ("flash", "flash: which image? make flash PORT=/dev/ttyUSB0 FIRMWARE=ESP32_GENERIC.bin"),
    ("flash --port /dev/null", "flash: which image? make flash PORT=/dev/ttyUSB0 FIRMWARE=ESP32_GENERIC.bin"),
    ("flash --firmware a.bin", "flash: which board? make flash FIRMWARE=a.bin PORT=/dev/ttyUSB0; "),
    ("deploy", "deploy: which board? make deploy PORT=/dev/ttyUSB0; "),
    ("status", "status: which board? make status PORT=/dev/ttyUSB0; "),
    ("logs", "logs: which board? make logs PORT=/dev/ttyUSB0; "),
    ("repl", "repl: which board? make repl PORT=/dev/ttyUSB0; "),
    ("image", "image: a new scale or an update? make image FIRMWARE="),
    ("image --update a --firmware b", "image: a new scale or an update? make image FIRMWARE="),
    ("image --update a --identity b", "image: a new scale or an update? make image FIRMWARE="),
    ("provision", 'provision: which board? make provision PORT=/dev/ttyUSB0 ARGS="--activate"; '),
    ("provision --port p --from f --serial s", "provision: --from brings a whole identity along; leave out --serial"),
    (
        "provision --port p --from f --activate --token-file t",
        "provision: --from brings a whole identity along; leave out --activate and --token-file",
    ),
    ("provision --port p --from f --wifi-ssid s", "provision: --from brings a whole identity along; leave out --wifi"),
    ("provision --port p --from f --setup-key-file k", "provision: --from brings a whole identity along; leave out"),
    ("provision --port p --activate --token-file t", "provision: a thing token or an activation code? give "),
    ("provision --port p --code-file c --token-file t", "provision: a thing token or an activation code? give "),
    ("provision --port p --wifi-key-file k", "provision: the key of which network? give --wifi-ssid beside"),
    ("batch", "batch: which table? make batch CSV=scales.csv"),
    ("labels", "labels: which folder? make labels FOLDER=scales"),
    ("flash --bogus", "flash: no such option: --bogus"),
    ("flash --baud fast", "flash: invalid value for '--baud'"),
    ("deploy there", "deploy: got unexpected extra argument"),
    ("batch a.csv --jobs 0", "batch: invalid value for '--jobs'"),
    ("app link", "app link: invalid value: give --serial, or --token, or --token-file; see python -m tools app link"),
    ("app nonsense", "app: no such command 'nonsense'; see python -m tools app --help"),
    ("app wait --serial 7KM2XQ9RTF --timeout nan", "app wait: invalid value for '--timeout': nan is no number of sec"),
    ("app wait --serial 7KM2XQ9RTF --timeout -1", "app wait: invalid value for '--timeout': -1 is no number of sec"),
    ("app wait --serial 7KM2XQ9RTF --timeout soon", "app wait: invalid value for '--timeout': soon is no number"),
    ("nonsense", "tools: no such command 'nonsense'; see python -m tools --help"),
]
# What a make around the tests hands down.
_OF_MAKE = ("PORT", "FIRMWARE", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")
MAKE = ["flash", "deploy", "status", "logs", "repl", "image", "provision", "batch", "labels"]


@pytest.mark.parametrize(("line", "said"), MISSING, ids=[line for line, _ in MISSING])
def test_what_is_missing_is_asked_for_in_one_line(line: str, said: str) -> None:
    done = CliRunner().invoke(cli._commands, line.split())
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(said), done.stderr


@pytest.mark.parametrize("target", MAKE)
def test_make_asks_too(target: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in _OF_MAKE}
    done = subprocess.run(
        ["make", "-s", target], cwd=build.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert (done.returncode, done.stdout, len(said)) == (2, "", 1), done.stderr
    assert said[0].startswith(f"{target}: ") and f"make {target}" in said[0]


@pytest.mark.parametrize("command", [*cli._Ours.homes])
def test_each_command_has_help(command: str) -> None:
    done = CliRunner().invoke(cli._commands, [command, "--help"])
    assert done.exit_code == 0 and "Usage:" in done.stdout


def test_help_names_every_command() -> None:
    shown = re.sub(r"\x1b\[[0-9;]*m", "", CliRunner().invoke(cli._commands, ["--help"]).stdout).split()
    assert [name for name in cli._Ours.homes if name not in shown] == []


def test_a_deploy_loads_nothing_of_the_other_commands() -> None:
    code = "import sys\nfrom tools import cli\ncli._Ours.homes['deploy']()\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=build.ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "tools.board.deploy" in loaded
    assert not loaded & {"esptool", "fastapi", "uvicorn", "httpx", "segno", "reportlab", "rich.progress", "littlefs"}
