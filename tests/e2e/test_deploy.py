"""A deploy brings a board from one program to another; wherever cable or power go, the board starts a whole one."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import PROMPT
from tools import build, vendor
from tools.board import deploy as deploys
from tools.board.errors import BoardError, BrokenOff
from tools.board.remote import Remote
from tools.simulator import flash
from tools.simulator.device import Device
from tools.simulator.world import World

BOOT = (build.ROOT / "boot.py").read_bytes()
OWN = {
    "/identity.json": b'{"serial": "ours"}',
    "/state.json": b"{}",
    "/wifi.json.tmp": b"half",
    "/log/1.txt": b"kept",
    "/maintenance": b"",
}
# Two programs that share no file: one that is neither tells, or does not import.
OLD = {
    "/boot.py": b"# of before\n" + BOOT,
    "/main.py": b"import far\nfrom firmware import near\nprint('runs', 'A' + near.NAME + far.NAME)\n",
    "/firmware/near.py": b"NAME = 'A'\n",
    "/lib/far.py": b"NAME = 'A'\n",
    "/lib/old/gone.py": b"NAME = 'gone'\n",
}
NEW = {
    "/boot.py": BOOT,
    "/main.py": b"import far\nfrom firmware import near\nfrom firmware.new import one\n"
    b"print('runs', 'B' + near.NAME + far.NAME + one.NAME)\n",
    "/firmware/near.py": b"NAME = 'B'\n",
    "/firmware/new/one.py": b"NAME = 'B'\n",
    "/lib/far/__init__.py": b"NAME = 'B'\n",  # a folder takes the place of a module
    "/certs/root.der": bytes(range(256)) * 8,
}
WHOLE = r"^runs (AAA|BBBB)\r$"


def deploy(device: Device, tree: dict[str, bytes]) -> deploys.Outcome:
    return deploys.deploy(device.port, tree, lambda sent, total: None)


@pytest.fixture
def old(world: World) -> Device:
    """A board that runs the old program."""
    device = world.new_device(OLD | OWN)
    device.power_on()
    device.console.wait_for(PROMPT)
    return device


@pytest.fixture
def again(old: Device, tmp_path: Path) -> Callable[[], None]:
    """Puts the board back to where it was at the first call, and switches it on."""
    kept = tmp_path / "kept.img"

    def back() -> None:
        old.power_off()
        if kept.exists():
            shutil.copyfile(kept, old.flash)
        else:
            shutil.copyfile(old.flash, kept)
        mark = len(old.console.text)
        old.power_on()
        old.console.wait_for(PROMPT, start=mark)

    return back


def started(device: Device) -> str:
    """Power the board off and on; returns which program starts, and fails when it is neither."""
    device.power_off()
    mark = len(device.console.text)
    device.power_on()
    return device.console.wait_for(f"{WHOLE}|Traceback|^>>> $", start=mark).group(1)


def test_the_new_program_is_there_and_the_own_files_are_as_they_were(old: Device) -> None:
    outcome = deploy(old, NEW)
    assert outcome.boot == ["runs BBBB"]
    assert set(outcome.change.send) == set(NEW)
    assert outcome.change.remove == ["/lib/far.py", "/lib/old/gone.py", "/lib/old"]
    old.power_off()
    assert flash.read(old.flash) == NEW | OWN


def test_files_of_any_name_are_pruned(world: World) -> None:
    odd = {f"/lib/{name}": b"" for name in ("a b.txt", "two\nlines", "sub/ (1).py", "quote'\"", "tail ", "ünï.mpy")}
    device = world.new_device(OLD | OWN | odd)
    device.power_on()
    device.console.wait_for(PROMPT)
    assert set(deploy(device, NEW).change.remove) > set(odd)
    device.power_off()
    assert flash.read(device.flash) == NEW | OWN


@pytest.mark.parametrize("plan", [b"- /lib/far.py\nnonsense", b"\xff\xfe nonsense\n"])
def test_an_update_that_was_not_carried_out_is_said(old: Device, plan: bytes) -> None:
    old.power_off()
    flash.create(old.flash, OLD | OWN | {"/next/plan": plan, "/next/more": b""})
    mark = len(old.console.text)
    old.power_on()
    old.console.wait_for("^boot: the update is not finished: ", start=mark)


def test_only_what_has_changed_is_sent(old: Device) -> None:
    outcome = deploy(old, OLD | {"/lib/far.py": b"NAME = 'C'\n"})
    assert list(outcome.change.send) == ["/lib/far.py"]
    assert outcome.boot == ["runs AAC"]
    operations = old.wear.operations
    assert deploy(old, OLD | {"/lib/far.py": b"NAME = 'C'\n"}).change.is_empty
    assert old.wear.operations == operations


def test_the_build_runs_from_a_chip_without_files_and_one_changed_file_is_quick(
    world: World, figure: Callable[[str], None]
) -> None:
    device = world.new_device({})
    device.power_on()
    tree = build.device_tree()
    took = []
    for path in ("", "/firmware/page/en.json"):
        began_s = time.monotonic()
        outcome = deploy(device, tree | ({path: b"{}"} if path else {}))
        took.append(f"{len(outcome.change.send)} files in {time.monotonic() - began_s:.1f} s")
        assert any("provision the device" in line for line in outcome.boot)
    figure(f"deploy to a simulated board: {', then '.join(took)}")


def test_a_running_program_is_interrupted_and_started_again(world: World) -> None:
    loops = OLD | {"/main.py": b"print('runs')\nwhile True:\n    pass\n"}
    device = world.new_device(loops)
    device.power_on()
    device.console.wait_for("runs")
    assert deploy(device, loops).boot == ["runs"]


def test_a_program_that_does_not_start_is_shown(old: Device) -> None:
    outcome = deploy(old, NEW | {"/main.py": b"import nothing\n"})
    assert outcome.boot[0].startswith("Traceback")
    assert "ImportError" in outcome.boot[-1]


@pytest.mark.parametrize("first", [1, 2])
def test_the_cable_pulled_at_any_message_leaves_a_whole_program(
    old: Device, again: Callable[[], None], first: int, figure: Callable[[str], None]
) -> None:
    """At message 1, 3, 5 ... or 2, 4, 6 ... until deploys come through; and the one after it comes through too.

    How the bytes fall into messages differs a little from run to run, so one that comes through is not the end yet.
    """
    seen, in_a_row = [], 0
    for nth in itertools.count(first, 2):
        again()
        old.cable.come_off_at(nth)
        try:
            deploy(old, NEW)
            in_a_row += 1
        except BrokenOff:
            in_a_row = 0
            seen.append(started(old))
        old.cable.come_off_at(None)
        if in_a_row == 3:
            break
        if nth % 10 == first:
            deploy(old, NEW)
            assert started(old) == "BBBB"
    assert len(seen) > 15
    old_runs, new_runs = seen.count("AAA"), seen.count("BBBB")
    assert old_runs + new_runs == len(seen)
    figure(f"cable pulled at {len(seen)} messages of a deploy: {old_runs} x the old program, {new_runs} x the new")


def test_power_cut_at_any_flash_operation_of_the_switch_goes_on(old: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Remote, "restart", lambda board: old.unplug())
    with pytest.raises(BrokenOff, match="it starts the new program, which is complete"):
        deploy(old, NEW)
    monkeypatch.undo()
    kept, nth = old.flash.read_bytes(), 0
    while True:
        nth += 1
        old.flash.write_bytes(kept)
        old.wear.cut_power_at(nth, keep=0.5)
        mark = len(old.console.text)
        old.power_on()
        wait_until(lambda mark=mark: not old.powered or "runs" in old.console.text[mark:])
        is_through = old.powered
        assert started(old) == "BBBB"
        old.power_off()
        assert flash.read(old.flash) == NEW | OWN
        if is_through:
            break
    assert nth > 10


def wait_until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.005)


def test_a_full_flash_is_said_before_anything_is_sent(old: Device) -> None:
    with pytest.raises(BoardError, match="flash is full: 2416 kB are needed, 19.. kB are free"):
        deploy(old, OLD | {f"/lib/much_{number}.py": bytes(4000) for number in range(596)})
    assert started(old) == "AAA"


def test_one_changed_file_as_a_whole_command(world: World, tmp_path: Path, figure: Callable[[str], None]) -> None:
    """From the key to the prompt: `make`, Python, the build, the survey, the file, the restart, the first lines."""
    one, another, *_ = vendor.roots().values()
    device = world.new_device(build.trusting(one))
    device.power_on()
    device.console.wait_for(PROMPT)
    (tmp_path / "other.der").write_bytes(another)
    began_s = time.monotonic()
    line = ["make", "-s", "deploy", f"PORT={device.port}", f"ARGS=--ca {tmp_path / 'other.der'}"]
    done = subprocess.run(line, cwd=build.ROOT, capture_output=True, text=True, check=False)
    took_s = time.monotonic() - began_s
    assert done.returncode == 0, done.stderr
    assert "1 files sent, 0 removed, and it started" in done.stdout
    figure(f"make deploy of one changed file to a simulated board, as a whole command: {took_s:.1f} s")
