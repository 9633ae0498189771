"""`python -m tools sim`: simulated boards to work with by hand, until Ctrl-C.

It prints where the boards are; mpremote and the owner's app do the rest.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from tools import build, reading
from tools.simulator import control
from tools.simulator.control import Control
from tools.simulator.interpreter import DEFAULT_HEAP_BYTES
from tools.simulator.world import HOME_KEY, HOME_SSID, World

FOLDER = Path(__file__).parents[2] / ".build" / "sim"
SOCKET = FOLDER / "ether.sock"


def sim(
    boards: Annotated[int, typer.Option(min=1, max=50, help="how many boards")] = 1,
    fresh: Annotated[bool, typer.Option(help="begin with new flash images; without it the old ones are kept")] = False,
    bare: Annotated[bool, typer.Option(help="begin with nothing in flash, for `make flash`")] = False,
    heap_kb: Annotated[int, typer.Option(min=64, help="MicroPython's heap in kB")] = DEFAULT_HEAP_BYTES // 1024,
    platform: Annotated[str, typer.Option(help="host:port of a sandbox that api.thethings.io shall lead to")] = "",
    ca: Annotated[
        Path | None, typer.Option(help="DER certificate the boards shall trust instead of the public roots")
    ] = None,
) -> None:
    """Start simulated boards. Example: python -m tools sim --boards 2 --fresh"""
    with _alone(), _world(fresh) as world, Control(world, SOCKET):
        if platform:
            host, _, port = platform.partition(":")
            world.ether.internet.add_host("api.thethings.io", 443, (host, int(port or 443)))
        for _ in range(boards):
            device = world.new_device(_program(ca), keep_flash=not fresh, bare=bare, heap_bytes=heap_kb * 1024)
            device.power_on()
            typer.echo(f"board {len(world.devices)}: {device.port}   try: mpremote connect {device.port} repl")
        typer.echo(f"on the air: {HOME_SSID!r} with key {HOME_KEY!r}; remote control: {SOCKET}; Ctrl-C ends")
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


@contextmanager
def _alone() -> Iterator[None]:
    """Flash images and remote control are there once: a second simulator would take them from the first."""
    FOLDER.parent.mkdir(exist_ok=True)
    with (FOLDER.parent / "sim.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            typer.echo("error: a simulator is running already; end it, or have it start more with --boards", err=True)
            raise typer.Exit(1) from None
        yield


def _world(fresh: bool) -> World:
    if fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    return World(FOLDER)


def _program(ca: Path | None) -> dict[str, bytes]:
    return build.device_tree() if ca is None else build.trusting(reading.whole(ca))


def desk(
    op: Annotated[
        str, typer.Argument(help="scan, boards, power-off, power-on, reset, press, release, cut-power or network")
    ],
    details: Annotated[
        list[str] | None, typer.Argument(help="name=value, as in board=1, at=3, ssid=Home, on=false")
    ] = None,
    ether: Annotated[Path, typer.Option(help="the simulator's socket")] = SOCKET,
) -> None:
    """Handle what `sim` started, from another terminal. Example: python -m tools desk network ssid=Home internet=false"""
    try:
        answer = control.ask(ether, op, **dict(_pair(detail) for detail in details or []))
    except OSError:
        typer.echo(f"error: no simulator at {ether}; start one with `make sim`", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(answer, indent=1))
    raise typer.Exit(1 if "error" in answer else 0)


def _pair(detail: str) -> tuple[str, Any]:
    name, separator, value = detail.partition("=")
    if not separator:
        raise typer.BadParameter(f"{detail!r} is not name=value")
    try:
        return name, _AS.get(name, _switch)(value)
    except (ValueError, KeyError):
        raise typer.BadParameter(f"{detail!r} makes no sense; see docs/simulator.md") from None


def _switch(value: str) -> bool:
    return {"true": True, "false": False}[value]


# What is neither a number nor text is a switch.
_AS: dict[str, Callable[[str], Any]] = {"board": int, "at": int, "keep": float, "ssid": str, "key": str}
