"""What stops a batch, kill -9 included: the next run goes on, nothing is made twice and nothing is missing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.host.batch_peer import EACH, Run, activations, entries, folders, start
from tests.host.factory_peer import new_token, write_csv
from tests.host.sandbox_peer import Platform
from tools.sandbox import Fault


def test_kill_9_in_the_middle_leaves_no_double_and_nothing_missing(
    run: Run, platform: Platform, tmp_path: Path
) -> None:
    rows = [f"{new_token()}," for _ in range(10)] + [f",{platform.sandbox.new_activation_code()}" for _ in range(10)]
    csv = write_csv(tmp_path / "b.csv", *rows, header="thing_token,activation_code")
    out = tmp_path / "out"
    for count in (2, 9):
        _kill_once_there_are(count, start(csv, out), out)
    assert "reserved" in entries(tmp_path).values() or len(entries(tmp_path)) < 20
    done = run("batch", csv, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    made = folders(out)
    assert len(made) == len(json.loads(done.stdout)["scales"]) == 20
    assert len({identity["thing_token"] for identity in made.values()}) == 20
    assert {row.split(",")[0] for row in rows[:10]} < {identity["thing_token"] for identity in made.values()}
    assert all({path.name for path in (out / serial).iterdir()} == EACH for serial in made)
    assert entries(tmp_path) == dict.fromkeys(made, "done")
    assert activations(platform) == 10


def _kill_once_there_are(count: int, process: subprocess.Popen[str], out: Path) -> None:
    wait_until(lambda: len(list(out.glob("*/card.png"))) >= count)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    wait_until(lambda: not _alive(process.pid))


def _alive(group: int) -> bool:
    """Whether any process of the group still runs; one that nobody has waited for yet does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group = stat.read_text().rpartition(") ")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def test_ctrl_c_ends_in_a_line_and_the_next_run_goes_on(run: Run, tmp_path: Path) -> None:
    csv = write_csv(tmp_path / "b.csv", *(new_token() for _ in range(20)))
    out = tmp_path / "out"
    process = start(csv, out)
    wait_until(lambda: len(list(out.glob("*/card.png"))) >= 2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to all of them
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip().splitlines()[-1] == "interrupted; run the same command again to go on"
    assert "Traceback" not in errors
    wait_until(lambda: not _alive(process.pid))
    assert 2 <= len(folders(out)) < 20
    assert run("batch", csv, "--out", out).exit_code == 0
    assert len(folders(out)) == len(entries(tmp_path)) == 20


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_a_token_on_its_way_is_not_lost(run: Run, platform: Platform, tmp_path: Path, kill: signal.Signals) -> None:
    """A code works once: what stops the batch between the platform's deed and its answer must not cost the token."""
    codes = [platform.sandbox.new_activation_code() for _ in range(6)]
    csv, out = write_csv(tmp_path / "b.csv", *codes, header="activation_code"), tmp_path / "out"
    platform.sandbox.faults.push(Fault.stall("headers", 1.0), calls=2)
    process = start(csv, out)
    wait_until(lambda: activations(platform) >= 1)
    os.killpg(process.pid, kill) if kill == signal.SIGINT else process.kill()
    process.communicate(timeout=60)
    wait_until(lambda: not _alive(process.pid))
    done = run("batch", csv, "--out", out)
    assert done.exit_code == 0, done.output
    assert len(folders(out)) == activations(platform) == 6


def test_a_platform_out_of_reach_stops_the_batch_and_the_tokens_stay(
    run: Run, platform: Platform, tmp_path: Path
) -> None:
    rows = [f"{new_token()}," for _ in range(2)] + [f",{platform.sandbox.new_activation_code()}" for _ in range(12)]
    csv = write_csv(tmp_path / "b.csv", *rows, header="thing_token,activation_code")
    out = tmp_path / "out"
    done = run("batch", csv, "--out", out, "--jobs", "1", "--url", "https://localhost:1/v2")
    assert done.exit_code == 3
    assert "localhost cannot be reached" in done.stderr
    assert "rows not begun; put the trouble right and run the same command again" in done.stderr
    assert len(folders(out)) == 2
    assert run("batch", csv, "--out", out).exit_code == 0
    assert len(folders(out)) == len(entries(tmp_path)) == 14


def wait_until(condition: Callable[[], object], deadline_s: float = 60.0) -> None:
    end_s = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.01)
