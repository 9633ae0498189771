"""Labels: what a phone reads off them, what a person reads off them, and what must not stand on them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from firmware.core import serial as serials
from tests.host.factory_peer import codes, codes_of_pages, new_scale, new_token, pages, wifi_fields, words
from tools.factory import drawing, sheet
from tools.factory.label import HEIGHT_MM, PORTAL_URL, WIDTH_MM, Code, Text, card, label, wifi_code
from tools.factory.letters import width_mm
from tools.factory.scale import SETUP_KEY_CHARS, confusing, new_setup_key

SHORT_SERIAL, LONG_SERIAL = (body + serials.check_character(body) for body in ("MMMMM", "23456789ABCDEFGHJKMNPQR"))
LONG_KEY = 'a\\b;c,d":e' + "W" * 53
_KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=8, max_size=63)


def png_of(marks: list[Text | Code]) -> bytes:
    return drawing.png(marks, WIDTH_MM, HEIGHT_MM)


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("KEY4SETUP9", "KEY4SETUP9"),
        ("\\;,\":'xx", "\\\\\\;\\,\\\"\\:'xx"),
        (" blanks ", " blanks "),
        ("12345678", "12345678"),
    ],
)
def test_the_wifi_code_is_escaped(key: str, written: str) -> None:
    assert wifi_code(new_scale(serial="7KM2XQ9RTF", setup_key=key)) == f"WIFI:T:WPA;S:Scale-7KM2XQ9RTF;P:{written};;"


@settings(max_examples=40, deadline=None)
@given(_KEYS)
def test_any_key_comes_back_from_the_label(key: str) -> None:
    scale = new_scale(setup_key=key)
    [data] = codes(png_of(label(scale)))
    assert data == wifi_code(scale)
    assert wifi_fields(data) == {"T": "WPA", "S": f"Scale-{scale.serial}", "P": key, "": ""}


@settings(max_examples=20, deadline=None)
@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=8, max_size=128))
def test_any_token_comes_back_from_the_card(token: str) -> None:
    assert codes(png_of(card(new_scale(token=token)))) == [token]


@pytest.mark.parametrize(
    ("serial", "key"), [("7KM2XQ9RTF", "W" * 12), (LONG_SERIAL, LONG_KEY), (SHORT_SERIAL, "W" * 63)]
)
def test_everything_stays_on_the_label(serial: str, key: str) -> None:
    scale = new_scale(serial=serial, setup_key=key, token="W" * 128)
    for mark in (*label(scale), *card(scale)):
        if isinstance(mark, Text):
            assert mark.x_mm + width_mm(mark.words, mark.size_mm, mark.bold) <= WIDTH_MM - 2
            assert mark.size_mm <= mark.baseline_mm + 1 and mark.baseline_mm <= HEIGHT_MM - 2
        else:
            assert mark.x_mm + mark.size_mm <= WIDTH_MM
            assert mark.top_mm + mark.size_mm <= HEIGHT_MM


def test_the_label_says_what_a_person_needs_and_keeps_the_token_to_itself() -> None:
    scale = new_scale()
    title = "label"
    text = words(drawing.pdf([label(scale)], WIDTH_MM, HEIGHT_MM, title))
    for shown in (scale.serial, f"Scale-{scale.serial}", scale.setup_key or "", PORTAL_URL):
        assert shown in text
    assert scale.token not in text
    assert all(scale.token not in (mark.words if isinstance(mark, Text) else mark.data) for mark in label(scale))
    card_text = words(drawing.pdf([card(scale)], WIDTH_MM, HEIGHT_MM, title))
    assert scale.serial in card_text
    assert (scale.setup_key or "") not in card_text


def test_a_long_key_is_written_out_in_full() -> None:
    lines = [mark.words for mark in label(new_scale(serial=LONG_SERIAL, setup_key=LONG_KEY)) if isinstance(mark, Text)]
    assert LONG_KEY in "".join(lines)
    assert f"Scale-{LONG_SERIAL}" in "".join(lines)


def test_the_serial_is_the_largest_thing_to_read() -> None:
    serial, *others = (mark for mark in label(new_scale()) if isinstance(mark, Text))
    assert serial.size_mm > 2 * max(mark.size_mm for mark in others)


def test_generated_keys_are_long_and_cannot_be_misread() -> None:
    keys = {new_setup_key() for _ in range(100)}
    assert len(keys) == 100
    for key in keys:
        assert len(key) == SETUP_KEY_CHARS
        assert not confusing(key)
    assert confusing("O") and confusing("two words")


def test_ink_is_black_paper_is_white_and_the_code_has_its_quiet_zone() -> None:
    image = Image.open(io.BytesIO(png_of(label(new_scale()))))
    code = next(mark for mark in label(new_scale()) if isinstance(mark, Code))
    assert image.getextrema() == (0, 255)
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    dots = 300 / 25.4
    box = [
        round(value * dots) for value in (code.x_mm, code.top_mm, code.x_mm + code.size_mm, code.top_mm + code.size_mm)
    ]
    square = image.crop((box[0], box[1], box[2], box[3]))
    assert set(square.tobytes()) == {0, 255}
    left, top, right, bottom = Image.eval(square, lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    module = (right - left) / 33  # version 4, which a key of 12 characters takes
    assert module == int(module) >= 5
    assert min(left, top, square.width - right, square.height - bottom) >= 4 * module


def test_sheets_hold_each_label_once_in_order_with_page_numbers(tmp_path: Path) -> None:
    scales = [new_scale() for _ in range(30)]
    list(sheet.write_sheets(scales, tmp_path, skip=2))
    for kind, data in (
        ("labels", [wifi_code(scale) for scale in scales]),
        ("cards", [scale.token for scale in scales]),
    ):
        read = codes_of_pages((tmp_path / f"{kind}.pdf").read_bytes())
        assert [sorted(page) for page in read] == [sorted(data[:22]), sorted(data[22:])]
        for number, page in enumerate(read, 1):
            assert sorted(codes((tmp_path / f"{kind}-{number}.png").read_bytes())) == sorted(page)
        text = words((tmp_path / f"{kind}.pdf").read_bytes())
        assert f"{tmp_path.name}: {kind}, page 1 of 2" in text and "page 2 of 2" in text
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_sheet_is_a_page_of_a4_and_fits_its_labels(tmp_path: Path) -> None:
    """On Avery L7159 a label begins 7.2 mm from the left and 12.9 mm from the top; nothing crosses the gaps."""
    list(sheet.write_sheets([new_scale(serial=LONG_SERIAL, setup_key=LONG_KEY)] * 24, tmp_path))
    [page] = pages((tmp_path / "labels.pdf").read_bytes())
    dots = 300 / 25.4
    assert (page.width, page.height) == pytest.approx((210 * dots, 297 * dots), abs=1)
    labels = page.convert("L").crop((0, 0, page.width, round(285 * dots)))  # without the line with the page number
    ink = Image.eval(labels, lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert [value / dots for value in ink[:2]] == pytest.approx([7.2 + 2.5, 12.9 + 2.5], abs=0.5)
    draw = ImageDraw.Draw(labels)
    for column in range(3):
        for row in range(8):
            left, top = 7.2 + column * 66.05, 12.9 + row * 33.9
            draw.rectangle([left * dots, top * dots, (left + 63.5) * dots, (top + 33.9) * dots], fill="white")
    assert labels.getextrema() == (255, 255)


def test_fewer_scales_leave_no_stale_page(tmp_path: Path) -> None:
    scales = [new_scale() for _ in range(25)]
    list(sheet.write_sheets(scales, tmp_path))
    assert (tmp_path / "labels-2.png").exists()
    list(sheet.write_sheets(scales[:3], tmp_path))
    assert not (tmp_path / "labels-2.png").exists()


def test_the_same_label_is_the_same_file() -> None:
    scale = new_scale(token=new_token())
    once, again = (drawing.pdf([label(scale)], WIDTH_MM, HEIGHT_MM, "label") for _ in range(2))
    assert once == again
