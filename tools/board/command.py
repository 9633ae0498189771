"""`python -m tools flash` and `image`: what they are told, and what they show.

How they end is said in `words`.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from firmware.core.settings import SettingsError
from tools import build, file_system, layout, private, usage
from tools import image as images
from tools.board import flash as flashes
from tools.board import words as ours
from tools.board.errors import BoardError
from tools.board.words import Ca, Json, Port
from tools.micropython_image import ImageError

_OUTPUT = build.ROOT / ".build" / "scale.bin"
_EITHER = "make image FIRMWARE=ESP32_GENERIC.bin IDENTITY=identity.json, or make image UPDATE=back.bin alone"

Firmware = Annotated[Path | None, typer.Option(help="official MicroPython image, 1.24 or later")]


def flash(
    firmware: Firmware = None,
    port: Port = "",
    erase: Annotated[bool, typer.Option("--erase", help="erase identity, state and all")] = False,
    baud: Annotated[int, typer.Option(min=9_600, max=4_000_000, help="speed of the transfer")] = flashes.DEFAULT_BAUD,
    as_json: Json = False,
) -> None:
    """Put MicroPython on a board; identity and state are kept.

    Example: python -m tools flash --port /dev/ttyUSB0 --firmware ESP32_GENERIC.bin
    """
    usage.need(firmware, "which image?", "make flash PORT=/dev/ttyUSB0 FIRMWARE=ESP32_GENERIC.bin")
    ours.need_port(port, f"flash FIRMWARE={firmware}")
    assert firmware is not None
    with ours.one_line_errors("the chip may hold half an image; run the same command again"):
        official = flashes.image(firmware)
        with ours.progress("erasing and writing" if erase else "writing") as show:
            flashes.flash(port, official, erase=erase, baud=baud, progress=show)
    files = "everything else was erased" if erase else "identity and state are as they were"
    ours.say(as_json, f"MicroPython {official.version} is on {port}; {files}", version=official.version, erased=erase)


def image(
    output: Annotated[
        Path, typer.Option(help="the file to write; it holds secrets, so only you may read it")
    ] = _OUTPUT,
    firmware: Firmware = None,
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
        usage.need(False, "a new scale or an update?", _EITHER)
    with ours.one_line_errors("nothing was written"):
        _refuse_input(output, firmware, identity, wifi, update, ca)
        if update:
            data, kept = _merged(update, ca)
            address = 0 if len(data) != layout.VFS.size else layout.VFS.address
        else:
            data, kept, address = _new(firmware, identity, wifi, ca), [], images.ADDRESS
        _write(output, data)
    next_step = f"esptool --port PORT write-flash {address:#x} {shlex.quote(str(output))}"
    words = f"{output}: {len(data)} bytes{', keeps ' + ', '.join(kept) if kept else ''}; next: {next_step}"
    ours.say(as_json, words, output=str(output), bytes=len(data), address=address, kept=kept)


def _new(firmware: Path | None, identity: Path | None, wifi: Path | None, ca: Path | None) -> bytes:
    assert firmware is not None
    try:
        return images.whole(ours.read(firmware), _record(identity), _record(wifi), ours.program(ca))
    except SettingsError as error:
        raise BoardError("; ".join(error.problems)) from None
    except ImageError as error:
        raise BoardError(f"{firmware.name} {error}") from None


def _merged(read_back: Path, ca: Path | None) -> tuple[bytes, list[str]]:
    try:
        data = ours.read(read_back)
        return images.updated(data, ours.program(ca)), images.kept(data)
    except (ImageError, file_system.FileSystemError) as error:
        raise BoardError(f"{read_back.name} {error}") from None


def _record(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found = json.loads(ours.read(path))
    except (ValueError, RecursionError):
        raise BoardError(f"{path} is not JSON") from None
    if not isinstance(found, dict):
        raise BoardError(f"{path} is not a JSON object")
    return found


def _refuse_input(output: Path, *inputs: Path | None) -> None:
    """Raise BoardError where what is written would take the place of what it is made of, perhaps the only copy."""
    for path in inputs:
        if path and output.exists() and path.exists() and output.samefile(path):
            raise BoardError(f"{output} is what the image is made of; name another file with --output")
    if output.exists() and not output.is_file():
        raise BoardError(f"{output} is no ordinary file; name another one with --output")


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        private.write(path.resolve(), data)
    except OSError as error:
        raise BoardError(f"{path} cannot be written: {error.strerror}") from None
