"""Provisioning broken off at each stage, by Ctrl-C or with the cable: the board boots, and the next try goes on."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.bench import Bench
from tests.host.factory_peer import new_token
from tools.board.errors import BoardError
from tools.factory.board import connected
from tools.factory.ledger import Ledger
from tools.factory.order import Order
from tools.factory.provision import Rules, provision
from tools.factory.scale import Scale


@pytest.mark.parametrize("stage", ["the board holds", "the files of", "written", 1, 3, 5])
def test_ctrl_c_at_each_stage_leaves_a_board_that_boots_and_the_next_try_goes_on(
    bench: Bench, stage: str | int
) -> None:
    token = new_token()
    process = bench.start(SCALE_TOKEN=token)
    assert process.stderr
    lines = []
    if isinstance(stage, int):
        last = bench.device.wear.operations + stage
        wear = bench.device.wear
        wear.on_operation = lambda *_: process.send_signal(signal.SIGINT) if wear.operations == last else None
    else:
        for line in process.stderr:
            lines.append(line)
            if line.startswith(stage):
                process.send_signal(signal.SIGINT)
                break
    lines += process.communicate(timeout=60)[1].splitlines(True)
    assert "Traceback" not in "".join(lines)
    if process.returncode:  # once all is done, Ctrl-C comes too late
        assert process.returncode == 130
        assert lines[-1] == "interrupted; run the same command again to go on\n"
    bench.device.console.wait_for("rst:0xc [\\s\\S]*boot: scale firmware")
    serials = {row["serial"] for row in bench.ledger()}
    status, _, errors = bench.run(SCALE_TOKEN=token)
    assert status == 0, errors
    [row] = bench.ledger()
    assert row["state"] == "done"
    assert serials <= {row["serial"]}
    found = bench.identity()
    assert found and (found.serial, found.thing_token) == (row["serial"], token)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_is_told_to_end_while_a_secret_is_awaited_lets_the_board_go_on(
    bench: Bench, tmp_path: Path, number: int
) -> None:
    os.mkfifo(tmp_path / "token")
    mark = len(bench.device.console.text)
    process = bench.start("--token-file", tmp_path / "token")
    with (tmp_path / "token").open("w"):  # it reads by now
        process.send_signal(number)
        errors = process.communicate(timeout=60)[1]
    assert (process.returncode, errors.splitlines()[-1]) == (130, "interrupted; run the same command again to go on")
    assert "Traceback" not in errors
    bench.device.console.wait_for("rst:0xc [\\s\\S]*boot: scale firmware", start=mark)


@pytest.mark.parametrize("keep", [0.0, 0.5])
def test_a_cable_pulled_at_each_flash_operation_leaves_the_old_or_the_new(
    bench: Bench, tmp_path: Path, keep: float
) -> None:
    def put(order: Order) -> Scale:
        with Ledger(tmp_path / "ledger") as book, connected(bench.device.port) as board:
            return provision(board, order, book, tmp_path / "out", str, Rules(replace=True), lambda text: None)

    old, new = Order(token=new_token(), wifi={"ssid": "Old"}), Order(token=new_token(), wifi={"ssid": "New"})
    tokens = {put(old).token, new.token}
    nth, made = 0, None
    while made is None:
        nth += 1
        bench.plug_in_anew()
        made = _while_the_cable_is_pulled_at(bench, nth, keep, lambda: put(new))
        identity = bench.identity()
        assert identity and identity.thing_token in tokens
    assert nth > 4
    assert (identity.serial, identity.thing_token) == (made.serial, new.token)
    with Ledger(tmp_path / "ledger") as book:
        assert [entry.state for entry in book.entries()] == ["done", "done"]


def _while_the_cable_is_pulled_at(bench: Bench, nth: int, keep: float, put: Callable[[], Scale]) -> Scale | None:
    """Power goes at the nth flash operation, and the port with it. None when that was too early."""
    wear, ended, cut = bench.device.wear, threading.Event(), threading.Event()
    last = wear.operations + nth
    wear.on_operation = lambda kind, address: cut.set() if wear.operations == last else None
    wear.cut_power_at(nth, keep)

    def watch() -> None:
        while not ended.wait(0.005):
            if cut.is_set() and not bench.device.powered:
                bench.unplug()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        return put()
    except BoardError as error:
        assert "lost the board on" in str(error)
        return None
    finally:
        ended.set()
        watcher.join()
