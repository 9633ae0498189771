"""Sheets of 24 labels or cards on A4, 3 by 8 of 63.5 x 33.9 mm (Avery L7159 and its like), and the files they go to.

What a label shows is `label`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tools import private
from tools.factory.drawing import pdf, png
from tools.factory.label import HEIGHT_MM, WIDTH_MM, Mark, Text, card, label, moved
from tools.factory.scale import Scale

COLUMNS, ROWS = 3, 8
PER_PAGE = COLUMNS * ROWS
_PAGE_MM = 210.0, 297.0
_LEFT_MM, _TOP_MM = 7.2, 12.9
_PITCH_MM = 66.05, 33.9
_NOTE_MM = 2.6
KINDS: dict[str, Callable[[Scale], list[Mark]]] = {"label": label, "card": card}


def write_one(scale: Scale, folder: Path) -> None:
    """Write label and card of one scale, each as PDF and PNG, to its folder. Raises OSError."""
    for kind, content in KINDS.items():
        marks = content(scale)
        title = f"{kind} of {scale.serial}"
        private.write(folder / f"{kind}.pdf", pdf([marks], WIDTH_MM, HEIGHT_MM, title))
        private.write(folder / f"{kind}.png", png(marks, WIDTH_MM, HEIGHT_MM))


def files_of(count: int, skip: int = 0) -> int:
    """How many files the sheets of so many scales are."""
    return len(KINDS) * (1 + _page_count(count + skip))


def write_sheets(scales: Sequence[Scale], out: Path, skip: int = 0) -> Iterator[Path]:
    """Write sheets of all labels and of all cards to `out`, and yield each file; the first `skip` places stay empty.

    Raises OSError.
    """
    for kind, content in KINDS.items():
        pages = list(_pages([content(scale) for scale in scales], f"{out.resolve().name}: {kind}s", skip))
        for stale in out.glob(f"{kind}s-*.png"):
            stale.unlink()
        private.write(out / f"{kind}s.pdf", pdf(pages, *_PAGE_MM, f"{kind}s"))
        yield out / f"{kind}s.pdf"
        for number, page in enumerate(pages, 1):
            private.write(out / f"{kind}s-{number}.png", png(page, *_PAGE_MM))
            yield out / f"{kind}s-{number}.png"


def _page_count(places: int) -> int:
    return -(-places // PER_PAGE)


def _pages(contents: Sequence[Sequence[Mark]], title: str, skip: int) -> Iterator[list[Mark]]:
    places = [*([[]] * skip), *contents]
    count = _page_count(len(places))
    for page in range(count):
        marks: list[Mark] = [Text(_LEFT_MM, _PAGE_MM[1] - 5.0, _NOTE_MM, f"{title}, page {page + 1} of {count}")]
        for place, content in enumerate(places[page * PER_PAGE : (page + 1) * PER_PAGE]):
            row, column = divmod(place, COLUMNS)
            marks += moved(content, _LEFT_MM + column * _PITCH_MM[0], _TOP_MM + row * _PITCH_MM[1])
        yield marks
