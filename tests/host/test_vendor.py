"""Third-party code is used only when its hash is the one written down, and fetched again only when that has changed.

The package index is played by two archives made here; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from tools import vendor


def archive(version: str) -> bytes:
    """A source archive of one module, which holds the version."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        member = tarfile.TarInfo(f"micro-{version}/micro.py")
        member.size = len(version)
        tar.addfile(member, io.BytesIO(version.encode()))
    return made.getvalue()


class Index:
    """What `vendor` asks for, and what it gets."""

    def __init__(self) -> None:
        self.archives = {version: archive(version) for version in ("1.0", "2.0")}
        self.hashes = {version: hashlib.sha256(made).hexdigest() for version, made in self.archives.items()}
        self.downloads: list[str] = []
        self.wanted = ""

    def lock(self) -> dict[str, list[dict[str, str]]]:
        """As `vendor.lock`: the wanted version."""
        digest = self.hashes[self.wanted]
        return {"module": [{"package": "micro", "version": self.wanted, "sha256": digest, "member": "micro.py"}]}

    def download(self, entry: dict[str, str], folder: Path) -> Path:
        """As `vendor._download`."""
        self.downloads.append(entry["version"])
        path = folder / "micro.tar.gz"
        path.write_bytes(self.archives[entry["version"]])
        return path


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Index:
    made = Index()
    monkeypatch.setattr(vendor, "FOLDER", tmp_path / "vendor")
    monkeypatch.setattr(vendor, "lock", made.lock)
    monkeypatch.setattr(vendor, "_download", made.download)
    return made


def test_a_module_is_fetched_once(index: Index) -> None:
    index.wanted = "1.0"
    for _ in range(2):
        assert (vendor.modules() / "micro.py").read_text() == "1.0"
    assert index.downloads == ["1.0"]


def test_the_version_in_hand_is_the_one_wanted_now(index: Index) -> None:
    for version in ("1.0", "2.0", "1.0"):
        index.wanted = version
        assert (vendor.modules() / "micro.py").read_text() == version


def test_an_archive_with_another_hash_is_not_unpacked(index: Index) -> None:
    index.wanted = "2.0"
    vendor.modules()
    index.archives["1.0"] = archive("2.0") + b"changed"
    index.wanted = "1.0"
    with pytest.raises(vendor.VendorError, match="not used"):
        vendor.modules()
    assert (vendor.FOLDER / "micro.py").read_text() == "2.0"


def test_a_root_that_certifi_does_not_carry_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "lock", lambda: {"root": [{"name": "Some Root", "sha256": "0" * 64}]})
    with pytest.raises(vendor.VendorError, match="'Some Root'"):
        vendor.roots()
