"""What becomes of a command whose output nobody takes, that is told to end, or that is given files without an end."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.host.factory_peer import new_scale
from tools import build, reading, secret, usage
from tools.factory import scale as scales

TOOLS = [sys.executable, "-m", "tools"]
ENDLESS = Path("/dev/zero")


def test_a_full_disk_at_the_end_of_the_output_is_one_line() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*TOOLS, "serial"], cwd=build.ROOT, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "error: the output cannot be written: No space left on device\n")


def test_a_reader_that_has_gone_is_nothing_to_talk_about() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        done = subprocess.run([*TOOLS, "--help"], cwd=build.ROOT, stdout=gone, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (1, "")


def test_sheets_are_made_though_nobody_reads_their_names(tmp_path: Path) -> None:
    scale = new_scale()
    scales.save(scale, tmp_path / scale.serial)
    with open("/dev/full", "w") as full:
        line = [*TOOLS, "labels", str(tmp_path)]
        done = subprocess.run(line, cwd=build.ROOT, stdout=full, stderr=full, text=True)
    assert done.returncode == 1
    assert {path.name for path in tmp_path.glob("*.p*")} == {"labels.pdf", "labels-1.png", "cards.pdf", "cards-1.png"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_command_that_is_told_to_end_says_so_and_has_no_traceback(tmp_path: Path, number: int) -> None:
    os.mkfifo(tmp_path / "pipe")
    line = [*TOOLS, "image", "--firmware", str(tmp_path / "pipe"), "--output", str(tmp_path / "scale.bin")]
    running = subprocess.Popen(line, cwd=build.ROOT, stderr=subprocess.PIPE, text=True)
    with (tmp_path / "pipe").open("wb"):  # it reads by now
        running.send_signal(number)
        _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (130, "stopped: nothing was written\n")


def test_who_has_hangups_ignored_is_not_ended_by_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    line = ["nohup", *TOOLS, "image", "--firmware", str(tmp_path / "pipe")]
    running = subprocess.Popen(line, cwd=build.ROOT, stderr=subprocess.PIPE, text=True)
    with (tmp_path / "pipe").open("wb"):
        running.send_signal(signal.SIGHUP)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 1 and "is not an ESP32 image" in said


@pytest.mark.parametrize(
    "words",
    [
        "image --firmware {}",
        "image --update {}",
        "flash --port /dev/null --firmware {}",
        "batch {}",
        "image --firmware {own} --identity {}",
    ],
)
def test_a_file_without_an_end_is_not_read_to_it(words: str, tmp_path: Path) -> None:
    own = tmp_path / "image.bin"
    own.write_bytes(b"\xe9")
    line = [*TOOLS, *words.format(ENDLESS, own=own).split()]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}
    done = subprocess.run(line, cwd=build.ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "/dev/zero cannot be read: it has more than 16 MB" in done.stderr


def test_a_file_of_the_largest_size_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "flash"
    for extra, is_read in ((0, True), (1, False)):
        with path.open("wb") as file:
            file.truncate(reading.MAX_BYTES + extra)
        if is_read:
            assert len(reading.whole(path)) == reading.MAX_BYTES
        else:
            with pytest.raises(OSError, match="more than 16 MB"):
                reading.whole(path)


def test_a_secret_without_an_end_is_refused() -> None:
    with pytest.raises(secret.SecretError, match="/dev/zero cannot be read: it has more than 16 MB"):
        secret.read("Thing token", ENDLESS, "SCALE_TOKEN")


def test_an_empty_secret_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = tmp_path / "token"
    empty.write_text("\n")
    with pytest.raises(secret.SecretError, match=f"{empty} is empty; put the thing token into it"):
        secret.read("Thing token", empty, "SCALE_TOKEN")
    monkeypatch.setenv("SCALE_TOKEN", "")
    with pytest.raises(secret.SecretError, match=r"\$SCALE_TOKEN is empty; put the thing token into it"):
        secret.read("Thing token", None, "SCALE_TOKEN")
    assert secret.read("Key of Home", empty, "SCALE_WIFI_KEY", may_be_empty=True) == ""


def test_a_network_keeps_its_name_in_a_question() -> None:
    line = "from tools import secret; secret.read('Key of HOME', None, 'SCALE_NO_SUCH')"
    done = subprocess.run(
        [sys.executable, "-c", line], cwd=build.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert "there is nobody to ask for the key of HOME; give it" in done.stderr


def test_a_build_of_another_account_is_given_back() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", str(build.ROOT / ".build" / "mpy" / "x"))
    assert usage.of_file(error).endswith(
        "x: Permission denied; another account has built here: `sudo chown -R $USER .build`, or remove that folder"
    )
    assert usage.of_file(PermissionError(errno.EACCES, "Permission denied", "/x")) == "/x: Permission denied"
    assert usage.of_file(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mpy").write_text("a file in the way")
    code = f"from pathlib import Path\nfrom tools import build, cli\nbuild._CACHE = Path({json.dumps(str(tmp_path / 'mpy'))})\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}cli.app()", "build"], cwd=build.ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == f"error: {tmp_path / 'mpy'}: File exists\n"
