"""The real mpremote drives a simulated board through every verb an engineer uses."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import PROMPT
from tools.simulator.device import Device

MakeBoard = Callable[..., Device]
_DEADLINE_S = 30


@pytest.fixture
def device(board: MakeBoard) -> Device:
    made = board("import network\nnetwork.WLAN(1).active(True)\nprint('main ran')\n")
    made.console.wait_for(PROMPT)
    return made


def mpremote(device: Device, *words: str, folder: Path | None = None) -> str:
    """Run mpremote on the board's port; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", device.port, *words],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=_DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_exec_and_eval(device: Device) -> None:
    assert mpremote(device, "exec", "print(6 * 7)").strip() == "42"
    assert mpremote(device, "eval", "1 + 1").strip() == "2"


def test_files_go_there_and_back_as_they_are(device: Device, tmp_path: Path) -> None:
    data = bytes(range(256)) * 40
    (tmp_path / "all.bin").write_bytes(data)
    mpremote(device, "fs", "cp", "all.bin", ":there.bin", folder=tmp_path)
    assert "10240 there.bin" in mpremote(device, "fs", "ls")
    mpremote(device, "fs", "cp", ":there.bin", "back.bin", folder=tmp_path)
    assert (tmp_path / "back.bin").read_bytes() == data
    mpremote(device, "fs", "mkdir", ":folder")
    mpremote(device, "fs", "rm", ":there.bin")
    assert "there.bin" not in mpremote(device, "fs", "ls")


def test_run(device: Device, tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("import sys\nprint('ran', sys.path)\n")
    assert "ran ['', '.frozen', '/lib']" in mpremote(device, "run", "script.py", folder=tmp_path)


def test_mount(device: Device, tmp_path: Path) -> None:
    data = bytes(range(256)) * 8  # Ctrl-C and newlines among them
    (tmp_path / "far.py").write_text("value = 'from the desk'\n")
    (tmp_path / "far.bin").write_bytes(data)
    code = "import far; print(far.value); print(sum(open('far.bin', 'rb').read()))"
    code += "; open('made.bin', 'wb').write(bytes(range(256)))"
    out = mpremote(device, "mount", ".", "exec", code, folder=tmp_path)
    assert "from the desk" in out
    assert str(sum(data)) in out
    assert (tmp_path / "made.bin").read_bytes() == bytes(range(256))


def test_soft_reset_leaves_the_radio_up(device: Device) -> None:
    mpremote(device, "soft-reset")
    assert mpremote(device, "exec", "import network; print(network.WLAN(1).active())").strip() == "True"


def test_reset_starts_over(device: Device) -> None:
    mark = len(device.console.text)
    mpremote(device, "reset")
    device.console.wait_for("SW_CPU_RESET[\\s\\S]*main ran", start=mark)
    assert mpremote(device, "resume", "exec", "import machine; print(machine.reset_cause())").strip() == "2"


def test_a_raw_repl_soft_reset_does_not_run_main(device: Device) -> None:
    mark = len(device.console.text)
    mpremote(device, "exec", "pass")
    assert "main ran" not in device.console.text[mark:]


@pytest.mark.parametrize(
    "main",
    ["while True: pass", "import time\nwhile True: time.sleep(1)", "import asyncio\nasyncio.run(asyncio.sleep(1000))"],
)
def test_ctrl_c_gets_into_a_running_program(board: MakeBoard, main: str) -> None:
    device = board("print('runs')\n" + main)
    device.console.wait_for("runs")
    assert mpremote(device, "exec", "print('in')").strip() == "in"


def test_repl(device: Device) -> None:
    """As a person has it: a terminal of their own, keys in, echo out, Ctrl-X to leave."""
    keyboard, terminal = os.openpty()
    repl = subprocess.Popen(
        [sys.executable, "-m", "mpremote", "connect", device.port, "repl"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    try:
        _read_until(keyboard, b"Ctrl-]")
        os.write(keyboard, b"\r")
        _read_until(keyboard, b">>> ")
        os.write(keyboard, b"print('ty' + 'ped')\r")
        assert b"\r\ntyped\r\n" in _read_until(keyboard, b"typed\r\n")
        os.write(keyboard, b"\x18")
        assert repl.wait(_DEADLINE_S) == 0
    finally:
        repl.kill()
        repl.wait()
        os.close(keyboard)


def _read_until(fd: int, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        seen += os.read(fd, 1024)
    return seen


def test_ctrl_c_stops_what_exec_runs(device: Device) -> None:
    keyboard, terminal = os.openpty()
    words = ["connect", device.port, "exec", "print('runs')\nwhile True: pass"]
    running = subprocess.Popen(
        [sys.executable, "-m", "mpremote", *words], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    try:
        _read_until(keyboard, b"runs")
        device.type("\x03")
        assert b"KeyboardInterrupt" in _read_until(keyboard, b"KeyboardInterrupt")
        assert running.wait(_DEADLINE_S) == 1
    finally:
        running.kill()
        running.wait()
        os.close(keyboard)
