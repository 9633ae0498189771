"""Makes the head of the device's set-up page for each language: style and script inline, plain and packed.

The same source gives the same bytes. What follows the head is made on the device, in `firmware/core/page.py`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import zlib
from pathlib import Path

import rcssmin
import rjsmin

from firmware.core.page import LANGUAGES

_SOURCE = Path(__file__).parents[1] / "firmware" / "page"
_GZIP_HEADER = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff"  # RFC 1952, 2.3: deflate, no name, no time


def files() -> dict[str, bytes]:
    """The files for the device: `en.txt`, the words; `en.html`, the head; `en.gz`, the head packed, open at its end."""
    found = {}
    for language in LANGUAGES:
        words = json.loads((_SOURCE / f"{language}.json").read_bytes())
        head = _head(language, words["title"])
        # A line each, as `lib/page_file.Words` takes them.
        found[f"/firmware/page/{language}.txt"] = "".join(f"{key}\t{text}\n" for key, text in words.items()).encode()
        found[f"/firmware/page/{language}.html"] = head
        found[f"/firmware/page/{language}.gz"] = _packed(head)
    return found


def _head(language: str, title: str) -> bytes:
    style = rcssmin.cssmin((_SOURCE / "style.css").read_text())
    script = rjsmin.jsmin((_SOURCE / "script.js").read_text())
    parts = {
        "language": language,
        "title": html.escape(title),
        "style": style,
        "script": script,
        "style_hash": _hash(style),
        "script_hash": _hash(script),
    }
    template = (_SOURCE / "head.html").read_text().strip()
    return re.sub(r"{(\w+)}", lambda place: parts[place.group(1)], template).encode()


def _hash(text: str) -> str:
    """As a Content-Security-Policy names an inline style or script (CSP 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _packed(head: bytes) -> bytes:
    """One gzip member without its last block, and the CRC and size so far, from which the device goes on."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    return _GZIP_HEADER + body + zlib.crc32(head).to_bytes(4, "little") + len(head).to_bytes(4, "little")
