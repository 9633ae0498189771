"""`python -m tools flash`, `deploy` and `image`: what they are told, what they show, and how they end.

Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 the port cannot be used, 4 broken off midway, 130 Ctrl-C.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from firmware.core.settings import SettingsError
from tools import build, file_system, layout
from tools import image as images
from tools.board import deploy as deploys
from tools.board import flash as flashes
from tools.board.errors import BoardError
from tools.micropython_image import ImageError

_OUTPUT = build.ROOT / ".build" / "scale.bin"
_PRIVATE = 0o600
_STOPPED = 130

Port = Annotated[str, typer.Option(help="the board's serial port, /dev/ttyUSB0 say")]
Firmware = Annotated[Path, typer.Option(help="official MicroPython image, 1.24 or later")]
Ca = Annotated[
    Path | None, typer.Option(help="DER certificate the scale shall trust instead of the public roots; for a sandbox")
]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def flash(
    firmware: Firmware,
    port: Port = "",
    erase: Annotated[bool, typer.Option("--erase", help="erase identity, state and all")] = False,
    baud: Annotated[int, typer.Option(help="speed of the transfer")] = flashes.DEFAULT_BAUD,
    as_json: Json = False,
) -> None:
    """Put MicroPython on a board; identity and state are kept.

    Example: python -m tools flash --port /dev/ttyUSB0 --firmware ESP32_GENERIC.bin
    """
    with one_line_errors("the chip may hold half an image; run the same command again"):
        official = flashes.image(firmware)
        with _progress("erasing and writing" if erase else "writing") as show:
            flashes.flash(port, official, erase=erase, baud=baud, progress=show)
    files = "everything else was erased" if erase else "identity and state are as they were"
    _say(as_json, f"MicroPython {official.version} is on {port}; {files}", version=official.version, erased=erase)


def deploy(port: Port = "", ca: Ca = None, as_json: Json = False) -> None:
    """Bring the program on a board up to date: sends what has changed, and shows how it starts.

    Example: python -m tools deploy --port /dev/ttyUSB0
    """
    with one_line_errors("the board starts a whole program; run the same command again"):
        tree = _program(ca)
        with _progress("sending") as show:
            outcome = deploys.deploy(port, tree, show)
    change = outcome.change
    if not as_json:
        for path in change.send:
            typer.echo(f"sent     {path}")
        for path in change.remove:
            typer.echo(f"removed  {path}")
        for line in outcome.boot:
            typer.echo(f"  {line}")
    words = (
        f"{len(change.send)} files sent, {len(change.remove)} removed" if not change.is_empty else "nothing has changed"
    )
    starts = bool(outcome.boot) and not any(line.startswith("Traceback") for line in outcome.boot)
    words += ", and it started" if starts else "; it does not start, see above" if outcome.boot else "; it is silent"
    _say(as_json, words, sent=list(change.send), removed=change.remove, boot=outcome.boot, started=starts)
    raise typer.Exit(0 if starts else 1)


def image(
    output: Annotated[
        Path, typer.Option(help="the file to write; it holds secrets, so only you may read it")
    ] = _OUTPUT,
    firmware: Annotated[Path | None, typer.Option(help="official MicroPython image")] = None,
    identity: Annotated[Path | None, typer.Option(help="identity.json of the scale")] = None,
    wifi: Annotated[Path | None, typer.Option(help="wifi.json, for a scale that shall know its network")] = None,
    update: Annotated[
        Path | None, typer.Option(help="read-back of a scale: replace its program, keep identity and state")
    ] = None,
    ca: Ca = None,
    as_json: Json = False,
) -> None:
    """Make the flash image of a whole scale, or update the one read back from a scale, for one `esptool write-flash`.

    Example: python -m tools image --firmware ESP32_GENERIC.bin --identity identity.json --output scale.bin
    """
    if (firmware is None) == (update is None) or (update and (identity or wifi)):
        raise typer.BadParameter("give --firmware for a new scale, or --update alone for one that was read back")
    with one_line_errors("nothing was written"):
        if update:
            data, kept = _merged(update, ca)
            address = 0 if len(data) != layout.VFS.size else layout.VFS.address
        else:
            data, kept, address = _new(firmware, identity, wifi, ca), [], images.ADDRESS
        _write(output, data)
    next_step = f"esptool --port PORT write-flash {address:#x} {output}"
    words = f"{output}: {len(data)} bytes{', keeps ' + ', '.join(kept) if kept else ''}; next: {next_step}"
    _say(as_json, words, output=str(output), bytes=len(data), address=address, kept=kept)


def _new(firmware: Path | None, identity: Path | None, wifi: Path | None, ca: Path | None) -> bytes:
    assert firmware is not None
    try:
        return images.whole(_read(firmware), _record(identity), _record(wifi), _program(ca))
    except SettingsError as error:
        raise BoardError("; ".join(error.problems)) from None
    except ImageError as error:
        raise BoardError(f"{firmware.name} {error}") from None


def _merged(read_back: Path, ca: Path | None) -> tuple[bytes, list[str]]:
    try:
        data = _read(read_back)
        return images.updated(data, _program(ca)), images.kept(data)
    except (ImageError, file_system.FileSystemError) as error:
        raise BoardError(f"{read_back.name} {error}") from None


def _program(ca: Path | None) -> dict[str, bytes]:
    return build.device_tree() if ca is None else build.trusting(_read(ca))


def _record(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(_read(path))
    except ValueError:
        raise BoardError(f"{path} is not JSON") from None
    if not isinstance(found, dict):
        raise BoardError(f"{path} is not a JSON object")
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BoardError(f"{path} cannot be read: {error.strerror}") from None


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE), "wb") as file:
            os.fchmod(file.fileno(), _PRIVATE)
            file.write(data)
    except OSError as error:
        raise BoardError(f"{path} cannot be written: {error.strerror}") from None


@contextlib.contextmanager
def one_line_errors(when_stopped: str) -> Iterator[None]:
    """Errors of a board come out as one line and their exit status, a Ctrl-C with what it leaves."""
    try:
        yield
    except BoardError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(error.status) from None
    except KeyboardInterrupt:
        typer.echo(f"stopped: {when_stopped}", err=True)
        raise typer.Exit(_STOPPED) from None


@contextlib.contextmanager
def _progress(words: str) -> Iterator[deploys.Show]:
    """A bar on the error channel while something is on its way; none where nobody looks."""
    screen = Console(stderr=True)
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(as_json: bool, words: str, **facts: Any) -> None:
    typer.echo(json.dumps(facts) if as_json else words)
