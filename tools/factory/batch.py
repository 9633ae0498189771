"""Makes many scales at once, in processes of their own: for each its files, its label and card, and its flash image.

Whatever stops a batch, the same call again goes on with what is missing.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from tools import private, reading, usage
from tools.factory import scale as scales
from tools.factory.ledger import Ledger
from tools.factory.ledger_file import LedgerError
from tools.factory.order import OrderError, carry_out
from tools.factory.scale import Scale
from tools.factory.table import Problem, Row
from tools.owner.client import Platform, PlatformError

IMAGE_FILE = "flash-at-0x1000.bin"
_PRODUCTS = ("label.pdf", "label.png", "card.pdf", "card.png")
_AHEAD = 2  # rows given to each process, so that none waits for the next
_at_work = threading.Lock()

# firmware, content of identity.json, content of wifi.json -> everything that is on the chip
MakeImage = Callable[[bytes, dict[str, str] | None, dict[str, str] | None], bytes]


@dataclass(frozen=True)
class Plan:
    """What all scales of a batch have in common. Images are made of `firmware`, if it is given."""

    out: Path
    ledger: Path
    url: str
    ca: Path | None
    firmware: Path | None = None
    make_image: MakeImage | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of one row: a scale, made now or `before`, or a problem; one that `stops` would meet the other rows too."""

    row: Row
    serial: str = ""
    before: bool = False
    problem: Problem | None = None
    stops: bool = False


def run(rows: Sequence[Row], plan: Plan, jobs: int) -> Iterator[Outcome]:
    """Make the scales of `rows`, `jobs` at a time; yields each outcome as it comes.

    A row that was not begun, because of an outcome that stops the batch, has none.
    """
    pending, running = list(reversed(rows)), {}
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_begin) as pool:
        try:
            while pending or running:
                while pending and len(running) < _AHEAD * jobs:
                    row = pending.pop()
                    with _ctrl_c_waits():
                        running[pool.submit(make, row, plan)] = row
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    outcome = _result(future, running.pop(future))
                    if outcome.stops:
                        pending.clear()
                    yield outcome
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def make(row: Row, plan: Plan) -> Outcome:
    """Make the scale of one row."""
    try:
        with _at_work, Ledger(plan.ledger) as ledger:
            made = carry_out(row.order, ledger, plan.out, functools.partial(_activated, plan))
            folder = plan.out / made.scale.serial
            if made.was_done and _is_whole(folder, plan.firmware):
                return Outcome(row, made.scale.serial, before=True)
            _write(made.scale, folder, plan)
            ledger.done(made.scale.serial)
            return Outcome(row, made.scale.serial)
    except (OrderError, LedgerError) as error:
        return Outcome(row, problem=Problem(row.line, error.field, str(error)))
    except PlatformError as error:
        return Outcome(row, problem=Problem(row.line, "activation_code", str(error)), stops=error.passing)
    except OSError as error:
        return Outcome(row, problem=Problem(row.line, "", usage.of_file(error)), stops=True)


def _activated(plan: Plan, code: str) -> str:
    with Platform(plan.url, plan.ca) as platform:
        return platform.activate(code)


def _write(scale: Scale, folder: Path, plan: Plan) -> None:
    from tools.factory import sheet  # what it stands on is installed for the factory alone

    sheet.write_one(scale, folder)
    if plan.firmware is not None and plan.make_image is not None:
        image = plan.make_image(_content(plan.firmware), scale.identity, scale.wifi)
        private.write(folder / IMAGE_FILE, image)


def _is_whole(folder: Path, firmware: Path | None) -> bool:
    """Tell whether everything is there, and no older than what it was made of. Each file is whole by itself."""
    made_of = [folder / scales.IDENTITY_FILE, folder / scales.WIFI_FILE]
    products = [folder / name for name in _PRODUCTS]
    if firmware is not None:
        made_of.append(firmware)
        products.append(folder / IMAGE_FILE)
    if not all(path.exists() for path in products):
        return False
    return min(map(_written_at, products)) >= max(_written_at(path) for path in made_of if path.exists())


def _written_at(path: Path) -> int:
    return path.stat().st_mtime_ns


@functools.cache
def _content(path: Path) -> bytes:
    return reading.whole(path)


def _result(future: Future[Outcome], row: Row) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        return Outcome(
            row, problem=Problem(row.line, "", "its process was killed; run the same command again"), stops=True
        )


@contextlib.contextmanager
def _ctrl_c_waits() -> Iterator[None]:
    """A process begun meanwhile hears no Ctrl-C and no terminal's end: those are for the one that was started by hand."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """When the process that began this one is killed, this one ends after its row."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _at_work.acquire()  # a thing token that is on its way from the platform is got only once
        os._exit(1)
