"""Draws marks as PDF, in lines that any printer keeps sharp, and as PNG, in whole pixels.

Where the marks stand is decided elsewhere.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence

import segno
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from tools.factory import letters
from tools.factory.label import Code, Mark, Text

_DOTS_PER_MM = 300 / 25.4
_QUIET_MODULES = 4  # ISO/IEC 18004, 6.3.8
_OVERLAP_MM = 0.01  # without it some viewers show hairlines between the rows of a code

Rows = Sequence[Sequence[int]]


def pdf(pages: Sequence[Sequence[Mark]], width_mm: float, height_mm: float, title: str) -> bytes:
    """A PDF with these pages. The same marks give the same bytes."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(width_mm * mm, height_mm * mm), invariant=True, pageCompression=True)
    canvas.setTitle(title)
    for marks in pages:
        # From here on a unit is a millimetre.
        canvas.scale(mm, mm)
        for mark in marks:
            if isinstance(mark, Text):
                canvas.setFont(letters.name(mark.bold), mark.size_mm)
                canvas.drawString(mark.x_mm, height_mm - mark.baseline_mm, mark.words)
            else:
                _code_in_lines(canvas, mark, height_mm)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def png(marks: Sequence[Mark], width_mm: float, height_mm: float) -> bytes:
    """A PNG of one page at 300 dots per inch."""
    image = Image.new("L", (_dots(width_mm), _dots(height_mm)), 255)
    draw = ImageDraw.Draw(image)
    for mark in marks:
        if isinstance(mark, Text):
            font = ImageFont.truetype(letters.file(mark.bold), mark.size_mm * _DOTS_PER_MM)
            draw.text((_dots(mark.x_mm), _dots(mark.baseline_mm)), mark.words, 0, font, anchor="ls")
        else:
            _code_in_pixels(image, mark)
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(300, 300))
    return file.getvalue()


@functools.lru_cache(maxsize=1024)  # PDF and PNG of a large batch show the same
def _modules(data: str) -> Rows:
    return list(segno.make_qr(data, error="m").matrix_iter(border=_QUIET_MODULES))


def _code_in_lines(canvas: Canvas, code: Code, height_mm: float) -> None:
    rows = _modules(code.data)
    size_mm = code.size_mm / len(rows)
    path = canvas.beginPath()
    for y, row in enumerate(rows):
        for x, length in _runs(row):
            top_mm = height_mm - code.top_mm - y * size_mm
            path.rect(code.x_mm + x * size_mm, top_mm - size_mm, length * size_mm, size_mm + _OVERLAP_MM)
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Where the dark stretches of a row begin and how long they are."""
    starts = [x for x, dark in enumerate(row) if dark and not row[x - 1]]  # the first module is quiet
    ends = [x for x, dark in enumerate(row) if not dark and row[x - 1] and x]
    return [(start, end - start) for start, end in zip(starts, ends, strict=True)]


def _code_in_pixels(image: Image.Image, code: Code) -> None:
    rows = _modules(code.data)
    dots = max(1, _dots(code.size_mm) // len(rows))
    square = Image.new("L", (len(rows), len(rows)))
    square.putdata([0 if dark else 255 for row in rows for dark in row])
    square = square.resize((dots * len(rows),) * 2, Image.Resampling.NEAREST)
    spare = (_dots(code.size_mm) - square.width) // 2
    image.paste(square, (_dots(code.x_mm) + spare, _dots(code.top_mm) + spare))


def _dots(length_mm: float) -> int:
    return round(length_mm * _DOTS_PER_MM)
