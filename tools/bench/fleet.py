"""A real fleet on loopback: Locust's workers play owners and scales against the sandbox, and 50 whole scales link at once.

Workers on other machines can join the same master. What each virtual pair does is `locustfile`.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from firmware.core import serial as serials
from tools import build
from tools.bench.desk import Desk
from tools.bench.report import Figure, Part, Rows
from tools.owner.client import Platform
from tools.sandbox import Sandbox

_FOLDER = build.ROOT / ".build" / "bench" / "fleet"
_WORKERS = 2
_OWNERS = 20
_USERS, _PAIRS = 240, 2_500
_SECONDS = 50
_LAST_PAIR_S = 35  # so that every pair is through before the time is over, and counted
_BOARDS = 50
_COLUMNS = ("who", "calls", "failed", "a second", "median ms", "p95 ms", "p99 ms")


def measure() -> Part:
    """Both fleets."""
    table, made, virtual_errors = _virtual()
    boards, board_errors = _boards()
    errors = virtual_errors + board_errors
    figures = [Figure("errors of a fleet", errors, "failed calls and pairs of Locust's users, warnings of the boards")]
    return Part("fleet", made, [table, boards], figures)


def _virtual() -> tuple[Rows, dict[str, Any], int]:
    """Locust's users, until the pairs are used up or the time is over. Raises OSError when they did not do their work."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    with Sandbox(_FOLDER / "sandbox") as sandbox:
        _plan(sandbox)
        with _busy() as busy:
            _run_locust()
        linked = sum(call.by_device and call.message == "linked" for call in sandbox.calls())
    stats = {line["Name"]: line for line in _lines("run_stats.csv")}
    if missing := {"owner", "scale", "claim to linked"} - set(stats):
        raise OSError(f"the fleet did nothing of {', '.join(sorted(missing))}; see {_FOLDER}/locust.log")
    rows = [_row(line) for name, line in stats.items() if name != "Aggregated"]
    errors = sum(int(stats[name]["Failure Count"]) for name in ("owner", "scale"))
    errors += sum(int(line["Count"]) for line in _lines("run_exceptions.csv"))
    errors += abs(linked - int(stats["claim to linked"]["Request Count"]))  # a pair that only one side saw through
    note = (
        f"{linked:,} pairs linked; busy cores: sandbox {busy['here']:.2f}, Locust {busy['others']:.2f}; {_limit(busy)}"
    )
    made = {"users": _USERS, "workers": _WORKERS, "pairs": _PAIRS, "the last begun after s": _LAST_PAIR_S}
    return Rows("Virtual owners and scales, real TLS", _COLUMNS, rows, note), made, errors


def _lines(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open() as file:
        return list(csv.DictReader(file))


def _plan(sandbox: Sandbox) -> None:
    """Who there is: owners with a session, and activated things; for the workers alone to read."""
    sessions = []
    for number in range(_OWNERS):
        email, password = f"owner{number}@example.com", secrets.token_urlsafe(12)
        sandbox.add_user(email, password)
        with Platform(sandbox.url, sandbox.ca_pem_path) as platform:
            sessions.append(platform.login(email, password))
    pairs = [
        {
            "serial": serials.make(os.urandom(serials.MIN_RANDOM_BYTES)),
            "token": sandbox.new_thing(),
            "session": sessions[number % _OWNERS],
        }
        for number in range(_PAIRS)
    ]
    plan = {"url": sandbox.url, "ca": str(sandbox.ca_pem_path), "workers": _WORKERS, "pairs": pairs}
    plan["last_pair_s"] = _LAST_PAIR_S
    with os.fdopen(os.open(_plan_path(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(plan, file)


def _plan_path() -> Path:
    return _FOLDER / "plan.json"


def _run_locust() -> None:
    port = _free_port()
    file = str(Path(__file__).with_name("locustfile.py"))
    base = [sys.executable, "-m", "locust", "-f", file, "--headless", "--only-summary", "--loglevel", "WARNING"]
    master = ["--master", "--master-bind-host", "127.0.0.1", "--master-bind-port", str(port)]
    load = [
        "--expect-workers",
        str(_WORKERS),
        "-u",
        str(_USERS),
        "-r",
        "50",
        "-t",
        f"{_SECONDS}s",
        "--stop-timeout",
        "5",
    ]
    worker = ["--worker", "--master-host", "127.0.0.1", "--master-port", str(port)]
    report = ["--csv", str(_FOLDER / "run"), "--exit-code-on-error", "0"]
    environment = {**os.environ, "FLEET_PLAN": str(_plan_path()), "PYTHONPATH": str(build.ROOT)}
    log = (_FOLDER / "locust.log").open("w")
    with log:
        options: dict[str, Any] = {"env": environment, "cwd": _FOLDER, "stdout": log, "stderr": log}
        processes = [subprocess.Popen([*base, *master, *load, *report], **options)]
        processes += [subprocess.Popen([*base, *worker], **options) for _ in range(_WORKERS)]
        try:
            ends = [process.wait(_SECONDS + 60) for process in processes]
        except subprocess.TimeoutExpired:
            raise OSError(f"Locust does not come to an end; see {log.name}") from None
        finally:
            for process in processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()
    if any(ends):
        raise OSError(f"Locust ended with {ends}; see {log.name}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def _busy() -> Iterator[dict[str, float]]:
    """How many cores this process, those it started and saw end, and all there are on the machine kept busy meanwhile."""
    found: dict[str, float] = {}
    began_s, before = time.monotonic(), _cpu_s()
    psutil.cpu_percent()
    yield found
    span_s = time.monotonic() - began_s
    found.update({name: (spent - before[name]) / span_s for name, spent in _cpu_s().items()})
    found["machine"] = psutil.cpu_percent() / 100 * (os.cpu_count() or 1)


def _cpu_s() -> dict[str, float]:
    usages = {"here": resource.RUSAGE_SELF, "others": resource.RUSAGE_CHILDREN}
    return {name: sum(resource.getrusage(who)[:2]) for name, who in usages.items()}


def _limit(busy: dict[str, float]) -> str:
    """What limits: one Python process has one core, the machine has what it has."""
    if busy["here"] > 0.85:
        return "the sandbox limits, one Python process with one core"
    if busy["machine"] > 0.85 * (os.cpu_count() or 1):
        return f"the machine limits: {busy['machine']:.2f} cores are busy, others' work included"
    return "nothing is at its limit: the scales wait for their schedule"


def _row(line: dict[str, str]) -> list[Any]:
    times = [round(float(line[name])) for name in ("50%", "95%", "99%")]
    return [line["Name"], int(line["Request Count"]), int(line["Failure Count"]), float(line["Requests/s"]), *times]


def _boards() -> tuple[Rows, int]:
    """Whole scales, claimed before, switched on together."""
    with Desk("fleet-boards") as desk, _busy() as busy:
        scales = [desk.scale() for _ in range(_BOARDS)]
        for scale in scales:
            desk.claim(scale)
        began_s = time.monotonic()
        for scale in scales:
            scale.device.power_on()
        for scale in scales:
            scale.see("link: stored.*\n", 180)
        took_s = [_stored_at_s(scale) - began_s for scale in scales]
        warnings = sum(scale.device.console.text.count("warning") for scale in scales)
        linked = len(desk.owner.things())
        for scale in scales:
            scale.device.power_off()
    ranks = statistics.quantiles(took_s, n=20)
    columns = ("boards", "linked", "warnings", "median s", "p95 s", "last s", "calls to the platform")
    row = [_BOARDS, linked, warnings, statistics.median(took_s), ranks[-1], max(took_s), desk.meter.connections]
    note = f"From the first power-on; busy cores: desk {busy['here']:.2f}, and the boards' interpreters"
    return Rows("Whole scales, real MicroPython", columns, [row], note), warnings + _BOARDS - linked


def _stored_at_s(scale: Any) -> float:
    return next(line.at_s for line in scale.device.console.lines if line.text.startswith("link: stored"))
