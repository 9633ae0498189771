"""A batch with real images: each holds MicroPython, the program and one scale, and a chip boots it as that scale."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.bench import Bench
from tests.host.factory_peer import new_token, write_csv
from tools import build, file_system, image
from tools.layout import VFS
from tools.simulator import sample_image


def _batch(bench: Bench, csv: Path, out: Path, firmware: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "tools", "batch", str(csv), "--out", str(out), "--firmware", str(firmware), "--json"]
    environment = {"PATH": "/usr/bin:/bin", **bench.environment}
    return subprocess.run(line, cwd=build.ROOT, env=environment, capture_output=True, text=True, check=False)


def test_each_scale_gets_the_whole_flash_of_its_own(bench: Bench, tmp_path: Path) -> None:
    firmware, out = tmp_path / "official.bin", tmp_path / "out"
    firmware.write_bytes(sample_image.micropython())
    header = "thing_token,activation_code,wifi_ssid,wifi_key"
    rows = (f"{new_token()},,,", f",{bench.sandbox.new_activation_code()},,", f"{new_token()},,Home,a wifi key")
    done = _batch(bench, write_csv(tmp_path / "b.csv", *rows, header=header), out, firmware)
    assert done.returncode == 0, done.stderr
    serials = [row["serial"] for row in json.loads(done.stdout)["scales"]]
    assert len(set(serials)) == 3
    tree = build.device_tree()
    for serial in serials:
        made = (out / serial / "flash-at-0x1000.bin").read_bytes()
        files = file_system.files(made[VFS.address - image.ADDRESS :][: VFS.size])
        own = {path.name: path.read_bytes() for path in (out / serial).glob("*.json")}
        assert made.startswith(firmware.read_bytes())
        assert {path: files.pop(path) for path in tree} == tree
        assert {path.lstrip("/"): json.loads(data) for path, data in files.items()} == {
            name: json.loads(data) for name, data in own.items()
        }
    chip = bench.world.new_device({}, bare=True)
    chip.power_on()
    line = [sys.executable, "-m", "esptool", "--port", chip.port, "--baud", "460800", "write-flash", "0x1000"]
    subprocess.run([*line, str(out / serials[1] / "flash-at-0x1000.bin")], check=True, capture_output=True)
    chip.console.wait_for(f"access point Scale-{serials[1]} is up, WPA2")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "official.bin cannot be read: No such file or directory"),
        (b"<html>404</html>", "official.bin is not an ESP32 image; take ESP32_GENERIC"),
        (sample_image.micropython("v1.23.0"), "official.bin is MicroPython v1.23.0; the firmware needs 1.24"),
    ],
    ids=["none", "no image", "old"],
)
def test_a_wrong_image_is_refused_before_a_code_is_used(
    bench: Bench, tmp_path: Path, content: bytes | None, said: str
) -> None:
    firmware, out = tmp_path / "official.bin", tmp_path / "out"
    if content is not None:
        firmware.write_bytes(content)
    csv = write_csv(tmp_path / "b.csv", bench.sandbox.new_activation_code(), header="activation_code")
    done = _batch(bench, csv, out, firmware)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert done.stderr.startswith("error: ") and said in done.stderr
    assert not out.exists() and not bench.ledger()
    firmware.write_bytes(sample_image.micropython())
    assert _batch(bench, csv, out, firmware).returncode == 0
