"""What the factory tests share: secrets, CSV files, a stand-in for the flash image, and an eye for QR codes."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
import zxingcpp
from PIL import Image

from tools.factory.scale import Scale, new_serial, new_setup_key


def new_token() -> str:
    """A thing token as the platform makes them."""
    return secrets.token_urlsafe(32)


def new_scale(**values: str) -> Scale:
    """A scale with values of its own."""
    return Scale(**{"serial": new_serial(), "token": new_token(), "setup_key": new_setup_key(), **values})


def write_csv(path: Path, *lines: str, header: str = "thing_token") -> Path:
    """A CSV file as a spreadsheet saves it."""
    path.write_text("\r\n".join([header, *lines, ""]), newline="")
    return path


def fake_image(firmware: bytes, identity: dict[str, str] | None, wifi: dict[str, str] | None) -> bytes:
    """Stands in for `tools.image.whole` where the content does not matter."""
    return firmware + json.dumps([identity, wifi]).encode()


def codes(png: bytes) -> list[str]:
    """What a phone reads off a picture, each code once."""
    return _read(Image.open(io.BytesIO(png)))


def pages(pdf: bytes) -> list[Image.Image]:
    """The pages of a PDF as a printer of 300 dots per inch shows them."""
    return [page.render(scale=300 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]


def codes_of_pages(pdf: bytes) -> list[list[str]]:
    """What a phone reads off each page."""
    return [_read(page) for page in pages(pdf)]


def words(pdf: bytes) -> str:
    """The text of a PDF."""
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def wifi_fields(data: str) -> dict[str, str]:
    """The fields of a WIFI: code, taken apart character by character as phones do."""
    fields, name, value, characters = {}, "", "", iter(data.removeprefix("WIFI:"))
    for character in characters:
        if character == "\\":
            value += next(characters)
        elif character == ":" and not name:
            name, value = value, ""
        elif character == ";":
            fields[name] = value
            name = value = ""
        else:
            value += character
    return fields


def everything_below(folder: Path) -> Iterable[tuple[Path, bytes]]:
    """Each file below a folder with its content."""
    return [(path, path.read_bytes()) for path in sorted(folder.rglob("*")) if path.is_file()]


def _read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image.convert("L"))]
