"""The files of the set-up page: every language says everything, and the packed head unpacks to the plain one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from pathlib import Path

import pytest

from firmware.core import joining, progress
from firmware.core.page import LANGUAGES
from tools import page_head

SOURCE = Path(page_head.__file__).parents[1] / "firmware" / "page"
ENGLISH = json.loads((SOURCE / "en.json").read_text())
TROUBLES = [
    *(getattr(joining, name) for name in ("NO_NETWORK", "WRONG_KEY", "OTHER_SECURITY", "NO_ADDRESS", "REFUSED")),
    *(getattr(progress, name) for name in ("NO_INTERNET", "BUSY", "REFUSED", "TOO_OLD", "EXPIRED")),
]


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.json")), ids=lambda path: path.name)
def test_every_table_has_the_same_keys_and_places_for_names(path: Path) -> None:
    words = json.loads(path.read_text())
    assert path.stem in LANGUAGES
    assert list(words) == list(ENGLISH)
    assert {key: text.count("{}") for key, text in words.items()} == {
        key: text.count("{}") for key, text in ENGLISH.items()
    }


@pytest.mark.parametrize("trouble", TROUBLES)
def test_each_trouble_has_its_own_sentence(trouble: str) -> None:
    assert ENGLISH[trouble].endswith((".", "?"))
    assert list(ENGLISH.values()).count(ENGLISH[trouble]) == 1


@pytest.mark.parametrize("stage", progress.STAGES)
def test_each_stage_has_its_name(stage: str) -> None:
    assert ENGLISH["stage " + stage]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_packed_head_is_the_plain_one_and_can_go_on(language: str) -> None:
    files = page_head.files()
    plain, packed = files[f"/firmware/page/{language}.html"], files[f"/firmware/page/{language}.gz"]
    unpacker = zlib.decompressobj(31)
    assert unpacker.decompress(packed[:-8]) == plain
    assert not unpacker.eof
    assert packed[-8:] == zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")


def test_style_and_script_run_by_their_hashes_alone() -> None:
    head = page_head.files()["/firmware/page/en.html"].decode()
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', head)
    assert policy is not None
    assert "unsafe" not in policy.group(1)
    assert "default-src 'none'" in policy.group(1)
    for tag in ("style", "script"):
        (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", head, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy.group(1)


def test_the_title_is_escaped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for path in SOURCE.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "en.json").write_text(json.dumps({**ENGLISH, "title": "<b>Kitchen & Co"}))
    monkeypatch.setattr(page_head, "_SOURCE", tmp_path)
    assert b"<title>&lt;b&gt;Kitchen &amp; Co</title>" in page_head.files()["/firmware/page/en.html"]
