"""The type on labels, Bitstream Vera as reportlab brings it: how wide words are and how they are made to fit.

It draws nothing; PDF and PNG use the same letters, so that one measure serves both.
"""

from __future__ import annotations

from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Vera", "VeraBd"
_FOLDER = Path(reportlab.__file__).parent / "fonts"
SMALL_MM = (2.1, 1.8, 1.5)  # at 2.1 mm, 6 point, a capital is 1.5 mm high; below it only for the longest keys
_LARGE_MM, _ONE_LINE_MM = 3.2, 2.6

for _name in (PLAIN, BOLD):
    pdfmetrics.registerFont(TTFont(_name, f"{_name}.ttf"))


def name(bold: bool) -> str:
    """The name that reportlab knows the font by."""
    return BOLD if bold else PLAIN


def file(bold: bool) -> Path:
    """The font's file."""
    return _FOLDER / f"{name(bold)}.ttf"


def width_mm(words: str, size_mm: float, bold: bool) -> float:
    """How wide the words are in type of this size."""
    return pdfmetrics.stringWidth(words, name(bold), size_mm)


def fitted(words: str, size_mm: float, room_mm: float, bold: bool) -> float:
    """The size of type, `size_mm` at most, in which the words fit into the room."""
    return min(size_mm, room_mm / width_mm(words, 1.0, bold))


def wrapped(words: str, small_mm: float, room_mm: float, bold: bool) -> list[tuple[str, float]]:
    """The lines, with their size of type, that the words take: one while it can be read well, else several small ones."""
    if not words:
        return []
    size_mm = fitted(words, _LARGE_MM, room_mm, bold)
    if size_mm >= _ONE_LINE_MM:
        return [(words, size_mm)]
    lines = [""]
    for character in words:
        if width_mm(lines[-1] + character, small_mm, bold) > room_mm:
            lines.append("")
        lines[-1] += character
    return [(line, small_mm) for line in lines]
