"""The set-up form and its page by property: every legal network arrives as typed, all else is refused, names stay text."""

from __future__ import annotations

import json
import string
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote_from_bytes, urlencode

import form
import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from firmware.core import credentials, joining, kept, networks, page, progress, settings

WORDS = json.loads((Path(__file__).parents[2] / "firmware/page/en.json").read_bytes())
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
# Refusals that keep the name, and troubles that say it.
PROBLEMS = ("long name", "bad key", "no key", joining.WRONG_KEY, joining.NO_NETWORK, joining.NO_ADDRESS)
TROUBLES = (None, joining.WRONG_KEY, joining.NO_NETWORK, joining.OTHER_SECURITY, progress.NO_INTERNET, progress.EXPIRED)
HOSTILE = (
    b"<script>alert(1)</script>",
    b'" onfocus=alert(1) x="',
    b"' onfocus='alert(1)",
    b"</bdi></main><img src=x>",
    b"&lt;b&gt;&amp;&#60;i",
    b"{}{0}{serial}%s%%",
    b"<!--",
    b"]]><![CDATA[",
    "\u202eevil\u2066\u200f".encode(),
    b"\x1b[2J\x00\r\n\x7f\xc2\x9b",
    b"\xed\xa0\x80\xc0\xbc",
    b"\xff\xfe<\x80>",
)

many = bounds(derandomize=True, max_examples=400, deadline=None)
bytes_of_names = st.binary(min_size=1, max_size=32)
text_names = st.text(min_size=1, max_size=32).map(lambda text: text.encode(errors="replace")[:32])
ssids = bytes_of_names | text_names | st.sampled_from(HOSTILE)
long_names = st.binary(min_size=33, max_size=80)
passphrases = st.text(PRINTABLE, min_size=8, max_size=63)
keys = st.none() | passphrases | st.text(string.hexdigits, min_size=64, max_size=64)


def not_a_key(typed: bytes) -> bool:
    """The rule once more, in other words than the firmware's: IEEE 802.11-2020, J.4.1."""
    if not typed or 8 <= len(typed) <= 63 and all(byte in PRINTABLE.encode() for byte in typed):
        return False
    return not (len(typed) == 64 and all(byte in string.hexdigits.encode() for byte in typed))


bad_keys = (
    st.text(PRINTABLE, min_size=1, max_size=7).map(str.encode)
    | st.text(PRINTABLE, min_size=64, max_size=90).map(str.encode)
    | st.binary(min_size=1, max_size=80)
    | st.text(min_size=1, max_size=63).map(lambda text: text.encode(errors="replace"))
    | st.builds(
        lambda key, odd: (key[:4] + odd + key[4:]).encode(), passphrases, st.sampled_from("\0\t\n\x1f\x7f\x80é")
    )
).filter(not_a_key)


def sent(**fields: bytes | str) -> dict[str, bytes]:
    """The form as a browser sends it, decoded as the scale decodes it."""
    return form.decode(urlencode(fields).encode())


def refusal(fields: dict[str, bytes], found: list[networks.Network]) -> credentials.Refused:
    with pytest.raises(credentials.Refused) as caught:
        credentials.from_form(fields, found)
    return caught.value


def stored(network: kept.Wifi) -> kept.Wifi:
    """The network after a power cycle."""
    read = settings.wifi(json.loads(json.dumps(kept.wifi_record(network))))
    assert read is not None
    return read


@many
@given(ssids, keys, st.booleans(), st.lists(ssids, max_size=12))
def test_every_legal_network_comes_out_of_the_form_and_of_flash_as_it_is(
    ssid: bytes, key: str | None, is_listed: bool, others: list[bytes]
) -> None:
    found = [networks.Network(other, 1, -50, has_key=True) for other in others if other != ssid]
    found.append(networks.Network(ssid, 6, -50, has_key=key is not None))
    choice = {"network": ssid.hex(), "name": b"typed before"} if is_listed else {"network": "", "name": ssid}
    made = credentials.from_form(sent(token="0", **choice, key=key or ""), found)
    assert (made.ssid, made.key) == (ssid, key)
    assert (stored(made).ssid, stored(made).key) == (ssid, key)


@many
@given(ssids, keys)
def test_percent_signs_for_every_byte_mean_the_same(ssid: bytes, key: str | None) -> None:
    coded = "".join(f"%{byte:02x}" for byte in ssid), quote_from_bytes((key or "").encode(), safe="")
    made = credentials.from_form(form.decode(f"name={coded[0]}&key={coded[1]}".encode()), [])
    assert (made.ssid, made.key) == (ssid, key)


@many
@given(long_names, keys, st.sampled_from(["", "0", "zz", " ", "0g", "-1"]))
def test_a_name_that_cannot_be_is_refused_before_the_key_is_looked_at(
    name: bytes, key: str | None, digits: str
) -> None:
    refused = refusal(sent(name=name, key=key or "short"), [])
    assert (refused.reason, refused.ssid) == ("long name", name)
    for no_name in ({"network": digits}, {"network": name.hex()}, {"network": name[:9].hex() + "f"}, {"name": ""}):
        assert refusal(sent(**no_name, key=key or "short"), []).reason == "no name"


@many
@given(ssids, bad_keys, st.booleans())
def test_a_key_that_cannot_be_is_refused_and_the_name_kept(ssid: bytes, key: bytes, is_listed: bool) -> None:
    found = [networks.Network(ssid, 1, -50, has_key=True)]
    refused = refusal(sent(**{"network": ssid.hex()} if is_listed else {"name": ssid}, key=key), found)
    assert (refused.reason, refused.ssid, refused.args) == ("bad key", ssid, ("bad key",))


@many
@given(ssids, bad_keys)
def test_a_key_that_cannot_be_is_not_read_from_flash_either(ssid: bytes, key: bytes) -> None:
    record = kept.wifi_record(kept.Wifi(ssid, key.decode("latin-1")))
    with pytest.raises(settings.SettingsError) as caught:
        settings.wifi(json.loads(json.dumps(record)))
    assert [problem.split(" ")[:2] for problem in caught.value.problems] == [["wifi.json:", "key"]]


@many
@given(ssids)
def test_a_listed_network_with_a_key_is_not_tried_without(ssid: bytes) -> None:
    found = [networks.Network(ssid, 1, -50, has_key=True)]
    refused = refusal(sent(network=ssid.hex(), key=""), found)
    assert (refused.reason, refused.ssid) == ("no key", ssid)


@many
@given(st.binary(max_size=200) | st.text("%=&+0aG", max_size=60).map(str.encode))
def test_whatever_is_sent_is_a_form_or_a_value_error(body: bytes) -> None:
    try:
        fields = form.decode(body)
    except ValueError:
        return
    assert all(isinstance(name, str) and isinstance(value, bytes) for name, value in fields.items())
    assert len(fields) <= 16


@many
@given(ssids)
def test_a_name_on_show_moves_no_cursor_and_turns_no_line(ssid: bytes) -> None:
    shown = networks.name(ssid)
    assert not any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in shown)
    assert not set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)


class Parsed(HTMLParser):
    """A page taken apart: `pieces` are its tags, with their attributes in order, and its texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.pieces: list[tuple[str, ...]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pieces.append(("<", tag, *(f"{name}={value}" for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.pieces.append((">", tag))

    def handle_data(self, data: str) -> None:
        if self.pieces and self.pieces[-1][0] == "text":
            data = self.pieces.pop()[1] + data
        self.pieces.append(("text", data))

    def handle_comment(self, data: str) -> None:
        self.pieces.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(("declaration", decl))

    unknown_decl = handle_pi = handle_decl


def view(listed: list[bytes], target: bytes, own: list[str], state: tuple) -> page.View:
    """The page's view with these names in it; `state` is all that is no name."""
    problem, trouble, reached, has_target, is_searching = state
    made = page.View(WORDS, own[0], own[1], "192.168.4.1", "0123456789abcdef")
    made.networks = [networks.Network(ssid, 1, -40 - 5 * place, place % 2) for place, ssid in enumerate(listed)]
    made.is_searching = is_searching
    made.problem = (problem, target) if problem else None
    if has_target:
        made.target, made.progress = target, progress.Progress(reached, trouble)
    return made


states = st.tuples(
    st.none() | st.sampled_from(PROBLEMS), st.sampled_from(TROUBLES), st.integers(0, 6), st.booleans(), st.booleans()
)
own_names = st.text(min_size=1, max_size=40) | st.sampled_from([ssid.decode("latin-1") for ssid in HOSTILE])


@many
@given(st.lists(ssids, max_size=12, unique=True), ssids, st.booleans(), st.tuples(own_names, own_names), states)
def test_names_in_the_page_are_text_and_change_nothing_else(
    listed: list[bytes], hidden: bytes, is_listed: bool, own: tuple[str, str], state: tuple
) -> None:
    all_ssids = [*listed, *([] if hidden in listed else [hidden])]
    target = listed[0] if is_listed and listed else hidden
    harmless = {ssid: b"[name %02d]" % place for place, ssid in enumerate(all_ssids)}
    meant = {word.decode(): networks.name(ssid) for ssid, word in harmless.items()}
    meant |= {word.hex(): ssid.hex() for ssid, word in harmless.items()}
    meant |= {"[serial]": own[0], "[own name]": own[1]}
    hostile_view = view(listed, target, list(own), state)
    plain_view = view([harmless[ssid] for ssid in listed], harmless[target], ["[serial]", "[own name]"], state)
    for render in (page.body, page.part):
        expected = Parsed("".join(render(plain_view))).pieces
        got = Parsed("".join(render(hostile_view))).pieces
        assert got == [tuple(replaced(text, meant) for text in piece) for piece in expected]
        assert {piece[0] for piece in got} == {"<", ">", "text"}


def replaced(text: str, meant: dict[str, str]) -> str:
    """`text` with each harmless word replaced, left to right, so that no name is searched for another."""
    for word, name in meant.items():
        before, found, after = text.partition(word)
        if found:
            return replaced(before, meant) + name + replaced(after, meant)
    return text
