"""A batch: every row becomes a scale once, and what is wrong with a row is said.

What stops a batch is test_factory_batch_stops.py's.
"""

from __future__ import annotations

import dataclasses
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from firmware.core import settings
from tests.host.batch_peer import EACH, ROOT, Run, activations, entries, folders
from tests.host.factory_peer import codes, everything_below, fake_image, new_token, wifi_fields, write_csv
from tests.host.sandbox_peer import Platform
from tools.factory import batch_command
from tools.factory import scale as scales
from tools.factory.ledger import Ledger
from tools.factory.scale import new_serial


def test_every_row_becomes_a_scale(
    run: Run, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_command, "_make_image", lambda firmware: fake_image)
    serial, token, key = new_serial(), new_token(), 'a "key"; with, more:\\'
    quoted = key.replace('"', '""')
    csv = write_csv(
        tmp_path / "b.csv",
        f',,{platform.sandbox.new_activation_code()},,"Home","a wifi key"',
        f'{serial},{token},,"{quoted}",,',
        header="serial,thing_token,activation_code,setup_key,wifi_ssid,wifi_key",
    )
    (tmp_path / "firmware.bin").write_bytes(b"firmware")
    out = tmp_path / "out"
    done = run("batch", csv, "--out", out, "--firmware", tmp_path / "firmware.bin", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert [row["line"] for row in report["scales"]] == [2, 3]
    first, second = (row["serial"] for row in report["scales"])
    assert second == serial
    made = folders(out)
    assert made[serial] == {"serial": serial, "thing_token": token, "setup_key": key}
    assert settings.identity(made[first]).serial == first
    for each, extra in ((first, {"wifi.json"}), (serial, set())):
        names = {path.name for path in (out / each).iterdir()}
        assert names == EACH | {"flash-at-0x1000.bin"} | extra
        image = json.loads((out / each / "flash-at-0x1000.bin").read_bytes().removeprefix(b"firmware"))
        assert image == [made[each], {"ssid": "Home", "key": "a wifi key"} if extra else None]
        assert codes((out / each / "card.png").read_bytes()) == [made[each]["thing_token"]]
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        f"{kind}s{ending}" for kind in ("label", "card") for ending in (".pdf", "-1.png")
    }
    assert len(codes((out / "labels-1.png").read_bytes())) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path, _ in everything_below(out)} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_dir()} == {0o700}
    assert entries(tmp_path) == {first: "done", serial: "done"}


def test_a_second_run_makes_nothing_anew_and_completes_what_was_taken_away(
    run: Run, platform: Platform, tmp_path: Path
) -> None:
    csv = write_csv(
        tmp_path / "b.csv", *(platform.sandbox.new_activation_code() for _ in range(3)), header="activation_code"
    )
    out = tmp_path / "out"
    done = run("batch", csv, "--out", out)
    assert done.exit_code == 0, done.output
    before = {path: content for path, content in everything_below(out) if path.parent != out}
    victim = next(out.glob("*/card.png"))
    victim.unlink()
    done = run("batch", csv, "--out", out, "--json")
    assert sorted(row["before"] for row in json.loads(done.stdout)["scales"]) == [False, True, True]
    assert {path: content for path, content in everything_below(out) if path.parent != out} == before
    assert activations(platform) == 3


def test_new_firmware_makes_new_images(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_command, "_make_image", lambda firmware: fake_image)
    firmware, out = tmp_path / "firmware.bin", tmp_path / "out"
    words = ("batch", write_csv(tmp_path / "b.csv", new_token()), "--out", out, "--firmware", firmware)
    for content in (b"old", b"new"):
        firmware.write_bytes(content)
        assert run(*words).exit_code == 0
    assert next(out.glob("*/flash-at-0x1000.bin")).read_bytes().startswith(b"new")


def test_bad_rows_are_left_out_and_the_rest_is_made(run: Run, platform: Platform, tmp_path: Path) -> None:
    known, used = new_token(), platform.sandbox.new_activation_code()
    assert run("batch", write_csv(tmp_path / "first.csv", known), "--out", tmp_path / "first").exit_code == 0
    [taken] = folders(tmp_path / "first")
    platform.sandbox._store.activate(used)
    csv = write_csv(
        tmp_path / "b.csv",
        f",{new_token()},",
        ",short,",
        f",{known},",
        f"{taken},{new_token()},",
        ",,no-such-code",
        f",,{used}",
        f",{new_token()},",
        header="serial,thing_token,activation_code",
    )
    done = run("batch", csv, "--out", tmp_path / "out")
    assert done.exit_code == 3
    assert "2 scales in" in done.stdout and "5 rows left out" in done.stdout
    errors = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert errors == [
        "error: line 3: thing_token: is not 8 to 128 letters, digits, - or _",
        f"error: line 4: {taken} was made before, but its files are not in {tmp_path / 'out'}; name their folder with --out",
        f"error: line 5: serial: {taken} was given to another scale",
        "error: line 6: activation_code: Activation code not found (404)",
        "error: line 7: activation_code: Activation code already used (409)",
    ]
    assert len(folders(tmp_path / "out")) == 2
    assert sorted(entries(tmp_path).values()) == ["done"] * 3


def test_labels_are_made_anew(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("batch", write_csv(tmp_path / "b.csv", new_token(), new_token()), "--out", out).exit_code == 0
    (out / "labels.pdf").unlink()
    done = run("labels", out, "--skip", "23")
    assert done.exit_code == 0
    assert [line.rsplit("/", 1)[-1] for line in done.stdout.split()] == [
        f"{kind}s{ending}" for kind in ("label", "card") for ending in (".pdf", "-1.png", "-2.png")
    ]
    assert [len(codes((out / f"labels-{page}.png").read_bytes())) for page in (1, 2)] == [1, 1]


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("labels", "."), 1, "error: there is no scale in ."),
        (("batch", "no.csv"), 1, "error: no.csv cannot be read: No such file or directory"),
        (("batch",), 2, "batch: which table? make batch CSV=scales.csv"),
        (("ledger", "--ledger", "/dev/null/x"), 1, "error: there is no ledger /dev/null/x"),
    ],
)
def test_what_cannot_be_done_is_said(
    run: Run, words: tuple[str, ...], status: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*words)
    assert (done.exit_code, said in done.stderr) == (status, True), done.output


def test_a_write_protected_ledger_stops_a_batch_before_its_first_row(run: Run, tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger"):
        pass
    (tmp_path / "ledger").chmod(0o400)
    csv = write_csv(tmp_path / "b.csv", new_token())
    done = run("batch", csv, "--out", tmp_path / "out", "--ledger", tmp_path / "ledger")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "is write-protected; name another file with --ledger" in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_the_factorys_packages_the_other_commands_work_and_this_one_says_what_is_missing(
    tmp_path: Path,
) -> None:
    csv = write_csv(tmp_path / "b.csv", new_token())
    code = "import sys; sys.path[:0] = ['.', 'lib']; sys.modules.update(PIL=None, reportlab=None, segno=None)\n"
    code += "from tools import cli; cli._commands(sys.argv[1:])"
    for words, status, said in (
        (["serial"], 0, ""),
        (["batch", str(csv)], 1, "is missing; run `make setup-factory`"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, said in done.stderr) == (status, True), done.stderr


def test_what_is_older_than_the_identity_is_made_anew(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a batch leaves it that was stopped between a scale's files and what is made of them."""
    monkeypatch.setattr(batch_command, "_make_image", lambda firmware: fake_image)
    (tmp_path / "firmware.bin").write_bytes(b"firmware")
    token, out = new_token(), tmp_path / "out"

    def made(key: str) -> str:
        csv = write_csv(tmp_path / "b.csv", f"{token},{key}", header="thing_token,setup_key")
        done = run("batch", csv, "--out", out, "--firmware", tmp_path / "firmware.bin", "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)["scales"][0]["serial"]

    folder = out / made("FIRSTKEY22")
    scale = scales.load(folder)
    assert scale is not None
    scales.save(dataclasses.replace(scale, setup_key="SECONDKEY3"), folder)
    made("SECONDKEY3")
    assert b"SECONDKEY3" in (folder / "flash-at-0x1000.bin").read_bytes()
    assert wifi_fields(codes((folder / "label.png").read_bytes())[0])["P"] == "SECONDKEY3"


def test_a_ledger_that_is_looked_at_is_not_made(run: Run, tmp_path: Path) -> None:
    done = run("ledger", "--ledger", tmp_path / "no" / "such")
    assert (done.exit_code, done.stderr) == (1, f"error: there is no ledger {tmp_path / 'no' / 'such'}\n")
    assert json.loads(run("ledger", "--json").stdout) == []
    assert not (tmp_path / "no").exists() and not (tmp_path / "data").exists()
