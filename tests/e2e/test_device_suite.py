"""The tests for a real board pass on a simulated one, leave it as it was, and are skipped where there is none."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.e2e.conftest import Scale
from tests.e2e.visit import MakeScale
from tools import build

_OWN = ("/identity.json", "/settings.json", "/wifi.json", "/state.json", "/maintenance")


def device(*words: str) -> tuple[int, str]:
    """Run `make device`; returns its exit status and what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PORT", "CA", "MAKEFLAGS")}
    done = subprocess.run(
        ["make", "-s", "device", *words], cwd=build.ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def own(one: Scale) -> dict[str, bytes]:
    return {path: data for path, data in one.files().items() if path in _OWN}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("is_provisioned", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_the_suite_passes_on_the_simulated_board(scale: MakeScale, is_provisioned: bool) -> None:
    one = scale({} if is_provisioned else {"/identity.json": None, "/wifi.json": None})
    one.device.power_on()
    if is_provisioned:
        one.claim()
        one.wait_linked()
    one.device.power_off()
    before = own(one)
    one.device.power_on()
    ca = one.sandbox.ca_pem_path.with_suffix(".der")
    ca.write_bytes(one.sandbox.ca_der)
    status, said = device(f"PORT={one.device.port}", f"CA={ca}")
    assert status == 0 and re.search(r"^\d\d passed, 0 failed$", said, re.MULTILINE), said
    mark = one.device.console.text.rfind("rst:")
    one.device.console.wait_for("boot: linked" if is_provisioned else "boot: warning: not started", start=mark)
    one.device.power_off()
    assert own(one) == before
    assert not any("device-test" in path for path in one.files())


def test_without_a_port_it_is_skipped_and_says_how_to_name_one() -> None:
    status, said = device()
    assert status == 0
    assert re.search(r"^0 passed, 0 failed, \d+ skipped: no board; make device PORT=/dev/ttyUSB0$", said, re.MULTILINE)


def test_a_port_that_is_not_there_is_one_line() -> None:
    status, said = device("PORT=/dev/ttyNOTHING")
    assert status == 2 and said.startswith("error: there is no port /dev/ttyNOTHING")
