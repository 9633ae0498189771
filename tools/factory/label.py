"""What stands where on the label of a scale and on the card in its box, in millimetres.

The label goes outside and shows no thing token; the card is the owner's alone. Nothing is drawn here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from firmware.core.ssid import ssid_for
from tools.factory.letters import SMALL_MM, fitted, wrapped
from tools.factory.scale import Scale

PORTAL_URL = "http://192.168.4.1"
WIDTH_MM, HEIGHT_MM = 63.5, 33.9
_EDGE_MM = 2.5
_CODE_MM = 23.0
_COLUMN_MM = 26.0
_CAPTION_MM = 2.0


@dataclass(frozen=True)
class Text:
    """A line of text; `baseline_mm` counts from the top, `size_mm` is the size of its type."""

    x_mm: float
    baseline_mm: float
    size_mm: float
    words: str
    bold: bool = False


@dataclass(frozen=True)
class Code:
    """A QR code, its quiet zone within its square."""

    x_mm: float
    top_mm: float
    size_mm: float
    data: str


Mark = Text | Code
Row = tuple[str, str, bool]  # caption, value, whether it is bold


def wifi_code(scale: Scale) -> str:
    """What joins a phone to the scale's own network."""
    ssid = _escaped(ssid_for(scale.serial).decode())
    if scale.setup_key is None:
        return f"WIFI:T:nopass;S:{ssid};;"
    return f"WIFI:T:WPA;S:{ssid};P:{_escaped(scale.setup_key)};;"


def label(scale: Scale) -> list[Mark]:
    """The label on the scale: its serial, and how to get to its page."""
    rows = (
        ("Wi-Fi", ssid_for(scale.serial).decode(), True),
        ("Key", scale.setup_key or "none", True),
        ("Then open", PORTAL_URL, False),
    )
    return [_headline(scale.serial, 8.0), Code(1.0, 10.0, _CODE_MM, wifi_code(scale)), *_column(12.0, rows)]


def card(scale: Scale) -> list[Mark]:
    """The card in the box: the thing token, for owners who link without the network's name."""
    rows = (
        ("Scale", scale.serial, True),
        ("Scan this code in the app", "", False),
        ("to link it from anywhere.", "", False),
        ("Keep the card to yourself.", "", False),
    )
    return [_headline("Link your scale by this card", 4.0), Code(1.0, 8.0, 25.0, scale.token), *_column(11.5, rows)]


def moved(marks: Sequence[Mark], x_mm: float, y_mm: float) -> Iterator[Mark]:
    """The same marks, further right and further down."""
    for mark in marks:
        if isinstance(mark, Text):
            yield replace(mark, x_mm=mark.x_mm + x_mm, baseline_mm=mark.baseline_mm + y_mm)
        else:
            yield replace(mark, x_mm=mark.x_mm + x_mm, top_mm=mark.top_mm + y_mm)


def _headline(words: str, size_mm: float) -> Text:
    size_mm = fitted(words, size_mm, WIDTH_MM - 2 * _EDGE_MM, bold=True)
    return Text(_EDGE_MM, _EDGE_MM + 0.73 * size_mm, size_mm, words, bold=True)


def _column(top_mm: float, rows: Sequence[Row]) -> list[Text]:
    """Captions with values below them, in smaller type if it has to be, so that all stays on the label."""
    columns = (list(_set(top_mm, rows, small_mm)) for small_mm in SMALL_MM)
    column: list[Text] = []
    for column in columns:
        if column[-1].baseline_mm <= HEIGHT_MM - _EDGE_MM:
            break
    return column


def _set(y_mm: float, rows: Sequence[Row], small_mm: float) -> Iterator[Text]:
    for caption, value, bold in rows:
        y_mm += _CAPTION_MM * 0.6
        yield Text(_COLUMN_MM, y_mm, _CAPTION_MM, caption)
        for line, size_mm in wrapped(value, small_mm, WIDTH_MM - _COLUMN_MM - _EDGE_MM, bold):
            y_mm += size_mm * 1.1
            yield Text(_COLUMN_MM, y_mm, size_mm, line, bold)
        y_mm += _CAPTION_MM * 0.8


def _escaped(value: str) -> str:
    return "".join("\\" + character if character in '\\;,":' else character for character in value)
