"""Flash images of a whole scale, and the merge of one that was read back."""

from __future__ import annotations

import json
import resource
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from firmware.core import serial as serials
from firmware.core.settings import SettingsError
from tools import build, cli, file_system, image, layout, program
from tools.layout import VFS
from tools.simulator import sample_image

IDENTITY: dict[str, Any] = {"serial": serials.make(b"any bytes"), "thing_token": "T" * 43, "setup_key": "KEY4SETUP9"}
TREE = {"/boot.py": b"", "/main.py": b"print()", "/lib/one.mpy": b"M\x06", "/firmware/core/two.mpy": bytes(9_000)}
OWN = {"/identity.json": b"{}", "/state.json": b"{}", "/state.json.tmp": b"{", "/log/1": b"line", "/maintenance": b""}


def part(made: bytes, address: int, size: int) -> bytes:
    return made[address - image.ADDRESS :][:size]


def test_an_image_holds_micropython_the_program_and_who_it_is() -> None:
    firmware = sample_image.micropython()
    made = image.whole(firmware, IDENTITY, {"ssid": "Home"}, TREE)
    assert len(made) == layout.FLASH_BYTES - image.ADDRESS
    assert made.startswith(firmware)
    files = file_system.files(part(made, VFS.address, VFS.size))
    assert json.loads(files.pop("/identity.json")) == IDENTITY
    assert json.loads(files.pop("/wifi.json")) == {"ssid": "Home"}
    assert files == TREE


def test_without_identity_there_is_none_and_the_same_input_gives_the_same_bytes() -> None:
    made = image.whole(sample_image.micropython(), None, None, TREE)
    assert file_system.files(part(made, VFS.address, VFS.size)) == TREE
    assert made == image.whole(sample_image.micropython(), None, None, TREE)


def test_one_scale_leaves_nothing_in_the_image_of_the_next() -> None:
    image.whole(sample_image.micropython(), IDENTITY, {"ssid": "Home"}, TREE)
    made = image.whole(sample_image.micropython(), IDENTITY | {"thing_token": "U" * 43}, None, TREE)
    assert b"T" * 43 not in made
    assert b"U" * 43 in made
    assert b"wifi.json" not in made


@pytest.mark.parametrize("wrong", [{"serial": "ABC"}, {"thing_token": ""}, {"setup_key": "short"}, {"other": 1}])
def test_an_identity_that_the_scale_would_refuse_is_refused_here(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError):
        image.whole(sample_image.micropython(), IDENTITY | wrong, None, TREE)


def test_a_read_back_gets_the_program_and_keeps_the_rest() -> None:
    old = {"/main.py": b"old", "/lib/gone.mpy": b"M", "/next/plan": b"- /main.py", "/certs/a.der": b"0"}
    made = image.updated(file_system.made(old | OWN), TREE)
    assert file_system.files(made) == TREE | OWN


def test_a_read_back_of_the_whole_chip_changes_nowhere_else() -> None:
    chip = b"\xaa" * image.ADDRESS + image.whole(sample_image.micropython(), IDENTITY, None, {"/main.py": b"old"})
    made = image.updated(chip, TREE)
    assert made[: VFS.address] == chip[: VFS.address]
    assert image.kept(made) == ["/identity.json"]
    assert len(made) == len(chip)


@pytest.mark.parametrize("junk", [b"", b"\xff" * VFS.size, bytes(VFS.size), b"\xff" * layout.FLASH_BYTES, bytes(1000)])
def test_what_is_no_read_back_is_refused(junk: bytes) -> None:
    with pytest.raises(image.ImageError, match="no read-back of a scale|cannot be updated"):
        image.updated(junk, TREE)


def test_a_file_system_without_room_is_refused() -> None:
    full = file_system.made({"/log/much": bytes(VFS.size - 40 * layout.BLOCK_BYTES)})
    with pytest.raises(image.ImageError, match="cannot be written"):
        image.updated(full, {"/lib/much.mpy": bytes(60 * layout.BLOCK_BYTES)})


def test_the_devices_own_files_are_not_the_programs() -> None:
    assert [path for path in TREE if not program.is_program(path)] == []
    own = [*OWN, "/settings.json", "/wifi.json.old", "/firmware.txt", "/library/x", "/main.py.old"]
    assert [path for path in own if program.is_program(path)] == []


def test_a_partition_table_comes_back_as_it_was_and_a_damaged_one_not_at_all() -> None:
    table = layout.table()
    assert layout.partitions(table) == layout.PARTITIONS
    assert layout.partitions(table[:44] + bytes([table[44] ^ 1]) + table[45:]) == ()
    assert layout.partitions(b"\xff" * layout.TABLE_BYTES) == ()
    assert layout.partitions(table[:100]) == ()


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("--identity identity.json", 1, "identity.json: serial"),
        ("--wifi nowhere.json", 1, "nowhere.json cannot be read: No such file"),
        ("--wifi official.bin", 1, "official.bin is not JSON"),
        ("--update official.bin", 2, "image: a new scale or an update? make image"),
    ],
)
def test_what_the_command_refuses_it_says_in_a_line(
    words: str, status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "official.bin").write_bytes(sample_image.micropython())
    (tmp_path / "identity.json").write_text('{"serial": "WRONG", "thing_token": "secret secret"}')
    command = ["image", "--firmware", "official.bin", "--output", "scale.bin", *words.split()]
    result = CliRunner().invoke(cli._commands, command)
    assert result.exit_code == status
    assert said in result.stderr
    assert "secret" not in result.stderr
    assert not (tmp_path / "scale.bin").exists()


def test_what_an_image_is_made_of_is_never_written_over(tmp_path: Path) -> None:
    official, identity = tmp_path / "official.bin", tmp_path / "identity.json"
    official.write_bytes(sample_image.micropython())
    identity.write_text("{}")
    for output in (official, identity):
        before = output.read_bytes()
        words = ["image", "--firmware", str(official), "--identity", str(identity), "--output", str(output)]
        done = CliRunner().invoke(cli._commands, words)
        assert done.exit_code == 1 and "is what the image is made of; name another file" in done.stderr
        assert output.read_bytes() == before


def _no_large_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    official, output = tmp_path / "official.bin", tmp_path / "with a blank.bin"
    official.write_bytes(sample_image.micropython())
    output.write_text("of before")
    words = [sys.executable, "-m", "tools", "image", "--firmware", str(official), "--output", str(output)]
    build.device_tree()  # so that nothing else is left to write
    done = subprocess.run(
        words, cwd=build.ROOT, capture_output=True, text=True, preexec_fn=_no_large_files, check=False
    )
    assert (done.returncode, done.stderr) == (1, f"error: {output} cannot be written: File too large\n")
    assert output.read_text() == "of before" and len(list(tmp_path.iterdir())) == 2
    done = subprocess.run(words, cwd=build.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and f"write-flash 0x1000 '{output}'" in done.stdout
    assert stat.S_IMODE(output.stat().st_mode) == 0o600


@pytest.mark.parametrize("junk", [b"", b"junk", b"-----BEGIN CERTIFICATE-----"])
def test_what_is_no_certificate_is_not_trusted(junk: bytes) -> None:
    with pytest.raises(build.BuildError, match="no certificate in DER; `openssl x509"):
        build.trusting(junk)
