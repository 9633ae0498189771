"""What goes wrong at the end of a cable: one line that says what to do, a status that tells which, and no harm done."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from tests.e2e.spoil import (
    Desk,
    Spoil,
    bare,
    busy,
    does_not_compile,
    elsewhere,
    fat,
    forbidden,
    full,
    full_after_all,
    no_terminal,
    nothing,
    old_board,
    other_chip,
    other_layout,
    run,
    silent,
    small_chip,
    unnamed,
    vanishing,
    vanishing_early,
)
from tests.e2e.test_deploy import OLD, started
from tools import build, cli, layout
from tools.board import remote
from tools.simulator import sample_image

FLASH: list[tuple[str, bytes, Spoil, int, str]] = [
    ("no port", sample_image.micropython(), elsewhere, 3, "there is no port /dev/ttyUSB99; plug the board in"),
    ("no name", sample_image.micropython(), unnamed, 2, r"flash: which board\? make flash FIRMWARE=.+ PORT="),
    ("busy", sample_image.micropython(), busy, 3, r"is busy: .+ has it open; close that"),
    ("forbidden", sample_image.micropython(), forbidden, 3, r"join its group with `sudo usermod -aG \w+ \$USER`"),
    ("no terminal", sample_image.micropython(), no_terminal, 3, "/dev/null cannot be used as a serial port"),
    ("silent", sample_image.micropython(), silent, 1, "no chip answers .* hold its BOOT button"),
    ("vanishes", sample_image.micropython(), vanishing, 4, "lost the chip on .* plug it in and repeat the command"),
    ("other chip", sample_image.micropython(), other_chip, 1, "is an ESP32-S2; the scale has an ESP32"),
    ("small chip", sample_image.micropython(), small_chip, 1, "has 2 MB of flash; the scale needs 4 MB"),
    ("other layout", sample_image.micropython(), other_layout, 1, "identity and state would be lost; ERASE=1 accepts"),
    ("no image", b"<html>404</html>", nothing, 1, "is not an ESP32 image; take ESP32_GENERIC"),
    ("empty", b"", nothing, 1, "is not an ESP32 image; take ESP32_GENERIC"),
    ("for a C3", sample_image.micropython(chip="ESP32-C3"), nothing, 1, "is for the ESP32-C3"),
    ("for updates", sample_image.application("v1.26.1"), nothing, 1, "has no partition table"),
    ("cut short", sample_image.micropython()[:-40], nothing, 1, "is damaged or cut short.*download it again"),
    ("other program", sample_image.micropython(project="blink"), nothing, 1, "is not MicroPython but 'blink'"),
    ("old", sample_image.micropython("v1.23.0"), nothing, 1, "is MicroPython v1.23.0; the firmware needs 1.24"),
    ("too large", sample_image.micropython(size=0x1F0000), nothing, 1, "does not fit into 4 MB"),
]
DEPLOY: list[tuple[str, Spoil, int, str]] = [
    ("no port", elsewhere, 3, "there is no port /dev/ttyUSB99"),
    ("busy", busy, 3, "is busy: .+ has it open"),
    ("forbidden", forbidden, 3, "sudo usermod"),
    ("silent", silent, 1, "does not answer; press the board's reset button"),
    ("bare", bare, 1, "there is no MicroPython on the chip; first `make flash"),
    ("vanishes early", vanishing_early, 4, "before anything was changed; plug it in"),
    ("vanishes", vanishing, 4, "midway; it starts the old program; plug it in and repeat"),
    ("old board", old_board, 1, r"MicroPython 1\.\d+ is on the board; flash 1.24 or later"),
    ("FAT", fat, 1, r"file system is FAT, which a power cut can break; save its files, then `make flash PORT=\S+ FIRM"),
    ("full", full, 1, "flash is full: 2044 kB are needed, .* remove what is not the program's"),
    ("full after all", full_after_all, 1, "flash is full: no block is left"),
    ("does not compile", does_not_compile, 1, "firmware/app.py:3: SyntaxError"),
]


@pytest.mark.parametrize(
    ("image", "spoil", "status", "words"), [row[1:] for row in FLASH], ids=[row[0] for row in FLASH]
)
def test_flash(desk: Desk, image: bytes, spoil: Spoil, status: int, words: str) -> None:
    spoil(desk)
    before = desk.device.flash.read_bytes()
    found, said = run("flash", "--port", desk.port, "--firmware", desk.file(image))
    assert (found, said.count("\n")) == (status, 1)
    assert re.search(words, said), said
    assert desk.device.flash.read_bytes()[layout.VFS.address :] == before[layout.VFS.address :]
    if status != 4:
        assert desk.device.flash.read_bytes() == before


@pytest.mark.parametrize(("spoil", "status", "words"), [row[1:] for row in DEPLOY], ids=[row[0] for row in DEPLOY])
def test_deploy(desk: Desk, spoil: Spoil, status: int, words: str) -> None:
    spoil(desk)
    found, said = run("deploy", "--port", desk.port)
    assert (found, said.count("\n")) == (status, 1)
    assert re.search(words, said), said
    if spoil not in (bare, fat):
        assert started(desk.device) == "AAA"


@pytest.mark.parametrize("nth", [1, 9])
@pytest.mark.parametrize("command", ["flash", "deploy"])
def test_ctrl_c_in_the_middle(desk: Desk, command: str, nth: int) -> None:
    """A real one, at the nth flash operation of a real process; the next try comes through."""
    words = ["--port", desk.port]
    words += ["--firmware", desk.file(sample_image.micropython("v1.27.0"))] if command == "flash" else []
    line = [sys.executable, "-m", "tools", command, *words]
    presses, last = [signal.SIGINT], desk.device.wear.operations + nth

    def press(kind: str, address: int) -> None:
        if presses and desk.device.wear.operations >= last:
            os.kill(running.pid, presses.pop())

    desk.device.wear.on_operation = press
    running = subprocess.Popen(line, cwd=build.ROOT, stderr=subprocess.PIPE, text=True)
    _, said = running.communicate(timeout=60)
    assert not presses
    assert running.returncode == 130
    assert said.startswith("stopped: ") and said.count("\n") == 1
    assert run(command, *words)[0] == 0


@pytest.mark.parametrize("stage", range(1, 6))
def test_ctrl_c_at_each_stage_of_a_deploy(desk: Desk, stage: int) -> None:
    """Between any two commands to the board it gets out of the way, and the program runs again by itself."""
    calls, plain = 0, remote.Remote.run

    def interrupted(board: remote.Remote, code: str) -> str:
        nonlocal calls
        calls += 1
        if calls == stage:
            raise KeyboardInterrupt
        return plain(board, code)

    desk.patch.setattr(remote.Remote, "run", interrupted)
    mark = len(desk.device.console.text)
    status, said = run("deploy", "--port", desk.port)
    assert (status, said.count("\n"), calls) == (130, 1, stage)
    desk.device.console.wait_for(r"rst:[\s\S]*runs AAA", start=mark)


@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        ("boot: warning: safe mode: too many short lives", 1, "1 files sent, 0 removed; it does not start, see above"),
        ("boot: the update is not finished: 28", 1, "; it does not start, see above"),
        (
            "boot: warning: not started; mend what is named above",
            0,
            ", but it lacks what is named above; next: make prov",
        ),
    ],
)
def test_how_a_program_starts_is_said(desk: Desk, line: str, status: int, words: str) -> None:
    program = OLD | {"/main.py": f"print({line!r})".encode()}
    desk.patch.setattr(build, "device_tree", lambda: program)
    done = CliRunner().invoke(cli._commands, ["deploy", "--port", desk.port])
    assert (done.exit_code, words in done.stdout) == (status, True), done.stdout
