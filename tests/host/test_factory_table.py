"""A batch's CSV file: what a spreadsheet may make of it, and where and why a row is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.host.factory_peer import new_token
from tools.factory import table

# The same in every process, for they are part of the names of the tests.
TOKEN, SERIAL = "Zm9yLXRoZS10YWJsZS10ZXN0cy1hbG9uZS0wMDAwMDA", "7KM2XQ9RTF"
HEADER = "serial,thing_token,activation_code,setup_key,wifi_ssid,wifi_key"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "batch.csv"


def read(path: Path, text: str | bytes) -> tuple[list[table.Row], list[table.Problem]]:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return table.read(path)


def test_every_column_arrives(path: Path) -> None:
    rows, problems = read(path, f"{HEADER}\n{SERIAL},{TOKEN},,a setup key,Home,a wifi key\n,,code-1,,,\n")
    assert problems == []
    full, short = (row.order for row in rows)
    assert (full.serial, full.token, full.code, full.setup_key) == (SERIAL, TOKEN, None, "a setup key")
    assert full.wifi == {"ssid": "Home", "key": "a wifi key"}
    assert (short.serial, short.token, short.code, short.setup_key, short.wifi) == (None, None, "code-1", None, None)
    assert [row.line for row in rows] == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        f"thing_token\n{TOKEN}\n",
        f"thing_token\r\n{TOKEN}\r\n",
        f"thing_token\r\n{TOKEN}",
        f"\ufeffthing_token\r\n{TOKEN}\r\n",
        f'"thing_token"\r\n"{TOKEN}"\r\n',
        f"thing_token\n\n{TOKEN}\n\n\n",
        f"thing_token,serial\n  {TOKEN} ,\n,\n",
    ],
)
def test_what_spreadsheets_make_of_it_is_read(path: Path, text: str) -> None:
    rows, problems = read(path, text)
    assert ([row.order.token for row in rows], problems) == ([TOKEN], [])


def test_quoted_cells_keep_commas_quotes_blanks_and_line_ends_and_lines_are_counted(path: Path) -> None:
    text = f'thing_token,wifi_ssid,wifi_key\n{TOKEN},"Müller, ""Söhne""\n2","  a, key  "\n{new_token()[:5]},,\n'
    [row], [problem] = read(path, text)
    assert row.order.wifi == {"ssid": 'Müller, "Söhne"\n2', "key": "  a, key  "}
    assert (row.line, problem.line, problem.column) == (2, 4, "thing_token")


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        (f"7KM2XQ9RTG,{TOKEN},,,,", "serial", "check character does not fit"),
        (f"7KM2,{TOKEN},,,,", "serial", "too short"),
        (f"0OIL{SERIAL},{TOKEN},,,,", "serial", "is not used in serials"),
        (f"{SERIAL * 3},{TOKEN},,,,", "serial", "too long"),
        (",short,,,,", "thing_token", "8 to 128 letters"),
        (f",{TOKEN * 4},,,,", "thing_token", "8 to 128 letters"),
        (f",{TOKEN}/x,,,,", "thing_token", "8 to 128 letters"),
        (f",{TOKEN},,,,x" + "y" * 600, "wifi_key", "more than 512 characters"),
        (f",{TOKEN},,,,x" + "y" * 200_000, "wifi_key", "more than 512 characters"),
        ("x,,,,,", "thing_token", "or an activation code has to be given"),
        (f",{TOKEN},code,,,", "thing_token", "and not both"),
        (",,two words,,,", "activation_code", "without blanks"),
        (",,cöde,,,", "activation_code", "printable ASCII"),
        (f",{TOKEN},,short,,", "setup_key", "8 to 63 printable ASCII"),
        (f",{TOKEN},,{'k' * 64},,", "setup_key", "8 to 63 printable ASCII"),
        (f",{TOKEN},,schlüssel,,", "setup_key", "8 to 63 printable ASCII"),
        (f",{TOKEN},,,{'n' * 33},", "wifi_ssid", "1 to 32 bytes"),
        (f",{TOKEN},,,{'ü' * 17},", "wifi_ssid", "1 to 32 bytes"),
        (f",{TOKEN},,,Home,short", "wifi_key", "8 to 63 printable ASCII"),
        (f",{TOKEN},,,,a wifi key", "wifi_ssid", "is missing beside the wifi key"),
        (f",{TOKEN},,,", "", "5 cells, and the header names 6 columns"),
        (f",{TOKEN},,,,,", "", "7 cells, and the header names 6 columns"),
    ],
)
def test_a_bad_row_is_named_by_line_and_column_and_the_others_stay(
    path: Path, cells: str, column: str, words: str
) -> None:
    good = new_token()
    rows, [problem] = read(path, f"{HEADER}\n,{new_token()},,,,\n{cells}\n,{good},,,,\n")
    assert [row.line for row in rows] == [2, 4]
    assert rows[1].order.token == good
    assert (problem.line, problem.column) == (3, column)
    assert re.search(words, problem.what)
    for secret in (TOKEN, "a wifi key", "k" * 64, "y" * 20, "two words", "schlüssel"):
        assert secret not in str(problem)


@pytest.mark.parametrize("column", ["serial", "thing_token", "activation_code"])
def test_the_same_value_twice_is_found(path: Path, column: str) -> None:
    value = {"serial": SERIAL, "thing_token": TOKEN, "activation_code": "a-code"}[column]
    cells = {"serial": f"{value},{{}},", "thing_token": f",{value},", "activation_code": f",,{value}"}[column]
    lines = [cells.format(new_token()) for _ in range(2)]
    [row], [problem] = read(path, "serial,thing_token,activation_code\n" + "\n".join(lines) + "\n")
    assert (row.line, str(problem)) == (2, f"line 3: {column}: is the same as in line 2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty; its first line names the columns: serial, thing_token"),
        (b"\n\n", "is empty"),
        (b"thing_token\n", "has a header and no rows"),
        (b"serial\nx\n", "no column thing_token or activation_code"),
        (f"{TOKEN}\n{TOKEN}\n".encode(), "line 1: column 1 has to be named one of serial, "),
        (b"thing_token,setup-key\nx,y\n", "line 1: column 2 has to be named one of"),
        (b"thing_token,thing_token\nx,y\n", "the column thing_token is there twice"),
        (b"serial;thing_token\nx;y\n", "not separated by commas"),
        (b"serial\tthing_token\nx\ty\n", "not separated by commas"),
        (b"thing_token\ngood-token\nM\xfcller\n", "line 3: not UTF-8; save the sheet as CSV in UTF-8"),
        ("thing_token\nx\n".encode("utf-16"), "not UTF-8"),
        ("thing_token\nx\n".encode("utf-16-le"), "is no text"),
        (
            b'thing_token\ngood-token\n"open\n',
            r", line 3: cannot be read \(unexpected end of data\); look for a quote that is not closed",
        ),
        (b'thing_token\n"good"token\n', ", line 2: cannot be read"),
        (b"x" * (16 * 1024 * 1024 + 1), "has more than 16 MB; split it"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(path: Path, content: bytes, words: str) -> None:
    with pytest.raises(table.TableError, match=words) as caught:
        read(path, content)
    assert "\n" not in str(caught.value)
    assert TOKEN[:12] not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(table.TableError, match="cannot be read: No such file"):
        table.read(path)
