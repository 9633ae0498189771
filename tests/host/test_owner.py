"""The owner's app: what it makes of the air, and its command line against a running sandbox.

The platform's own rules are test_sandbox_rules.py's.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from firmware.core import serial as serials
from firmware.core.ssid import ssid_for
from tests.host.sandbox_peer import OWNER, Platform
from tools.owner import scan
from tools.owner.command import app

SERIAL = serials.make(b"scales")
PASSWORD = "correct horse"
Run = Callable[..., Result]


@pytest.fixture
def run(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line against the sandbox; the password is in the environment."""
    platform.sandbox.add_user(OWNER, PASSWORD)
    monkeypatch.setenv("SCALE_URL", platform.sandbox.url)
    monkeypatch.setenv("SCALE_CA", str(platform.sandbox.ca_pem_path))
    monkeypatch.setenv("SCALE_PASSWORD", PASSWORD)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def session_file(run: Run, tmp_path: Path) -> Path:
    """The session that a log-in left."""
    assert run("login", "--email", OWNER).exit_code == 0
    return tmp_path / "state" / "scale-link" / "session"


@pytest.fixture
def ether(tmp_path: Path) -> Iterator[Callable[[bytes], Path]]:
    """Makes an ether that answers one scan with these bytes."""
    listener = socket.socket(socket.AF_UNIX)
    threads = []

    def answer(line: bytes) -> Path:
        listener.bind(str(tmp_path / "ether"))
        listener.listen()
        threads.append(threading.Thread(target=serve, args=(line,)))
        threads[0].start()
        return tmp_path / "ether"

    def serve(line: bytes) -> None:
        connection, _ = listener.accept()
        with connection:
            assert json.loads(connection.makefile().readline()) == {"op": "scan"}
            connection.sendall(line + b"\n")

    yield answer
    for thread in threads:
        thread.join(10)
    listener.close()


def _air(*rows: tuple[bytes, int]) -> bytes:
    networks = [{"ssid_hex": ssid.hex(), "channel": 6, "rssi_dbm": rssi_dbm, "security": 3} for ssid, rssi_dbm in rows]
    return json.dumps({"networks": networks}).encode()


def test_a_scan_finds_the_scale_strongest_first(ether: Callable[[bytes], Path]) -> None:
    path = ether(_air((b"Home", -70), (ssid_for(SERIAL), -40)))
    assert [(seen.serial, seen.rssi_dbm) for seen in scan.networks(path)] == [(SERIAL, -40), (None, -70)]


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"null", b'{"networks": [{}]}', b'{"networks": 7}', b"\xff"])
def test_an_ether_that_talks_nonsense_is_a_scan_error(ether: Callable[[bytes], Path], line: bytes) -> None:
    with pytest.raises(scan.ScanError, match="does not answer as the simulator does"):
        scan.networks(ether(line))


def test_a_dead_ether_is_a_scan_error(tmp_path: Path) -> None:
    (tmp_path / "ether").touch()
    with pytest.raises(scan.ScanError, match="nobody answers"):
        scan.networks(tmp_path / "ether")


@pytest.mark.parametrize(
    "ssid", [b"", b"\x1b[2Jgone", b"\xff\xfe\x00", b"a\r\nScale-X", "\u202eelacS".encode(), b"\x9b31m"]
)
def test_a_hostile_name_is_no_scale_and_steers_no_terminal(ssid: bytes) -> None:
    [seen] = scan.parse_nmcli(f"{ssid.hex()}:1:50:WPA2\n")
    assert seen.ssid == ssid
    assert seen.serial is None
    assert seen.name.isprintable()


def test_nmcli_lines_are_read_and_nonsense_left_out() -> None:
    output = f"{ssid_for(SERIAL).hex().upper()}:11:80:WPA2\n\nnonsense\nzz:1:2:\n61:x:2:\n6162:1:0:\n"
    scale, other = scan.parse_nmcli(output)
    assert scale == scan.Seen(ssid_for(SERIAL), 11, -52, True)
    assert other == scan.Seen(b"ab", 1, -100, False)


def test_scan_prints_scales_and_fails_without_one(ether: Callable[[bytes], Path]) -> None:
    path = ether(_air((b"\x1b[2J", -30), (ssid_for(SERIAL), -40)))
    done = CliRunner().invoke(app, ["scan", "--all", "--ether", str(path)])
    assert (done.exit_code, SERIAL in done.output, "\x1b" in done.output) == (0, True, False)


def test_scan_without_a_scale_is_a_failure(ether: Callable[[bytes], Path]) -> None:
    done = CliRunner().invoke(app, ["scan", "--ether", str(ether(_air((b"Home", -30))))])
    assert (done.exit_code, "no scale among 1 networks" in done.output) == (1, True)


def test_login_keeps_the_session_for_its_owner_alone(run: Run, session_file: Path) -> None:
    session_file.chmod(0o644)
    done = run("login", "--email", OWNER)
    assert session_file.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in done.output
    assert session_file.read_text() not in done.output


def test_a_wrong_password_fails_and_is_not_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a wrong secret\n")
    done = run("login", "--email", OWNER, "--password-file", str(tmp_path / "password"))
    assert (done.exit_code, "a wrong secret" in done.output) == (1, False)


def test_link_by_serial_waits_then_lists_then_unlinks(
    run: Run, session_file: Path, platform: Platform, token: str
) -> None:
    assert run("link", "--serial", SERIAL.lower()).exit_code == 3
    assert run("wait", "--serial", SERIAL, "--timeout", "0").exit_code == 3
    thing = platform.offer(token, SERIAL).json()["thingId"]
    waited = run("wait", "--serial", SERIAL, "--json")
    assert (waited.exit_code, json.loads(waited.output)) == (0, {"message": "linked", "thing_id": thing})
    assert json.loads(run("things", "--json").output) == [thing]
    assert run("unlink", thing).exit_code == 0
    assert json.loads(run("things", "--json").output) == []
    assert run("unlink", thing).exit_code == 1


@pytest.mark.parametrize("thing", ["-nWKYnNg5WuwuDmnIY2l", "--json-3fXQ", "-h"])
def test_an_id_may_begin_with_a_dash(run: Run, session_file: Path, thing: str) -> None:
    done = run("unlink", thing, "--json")
    assert (done.exit_code, "Thing not found among your things" in done.output) == (1, True)


def test_link_by_token_file_shows_no_token(run: Run, session_file: Path, token: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(token + "\n")
    done = run("link", "--token-file", str(tmp_path / "token"))
    assert done.exit_code == 0
    assert token not in done.output
    assert session_file.read_text() not in done.output


@pytest.mark.parametrize(
    "words", [("link",), ("link", "--serial", SERIAL, "--token"), ("unlink",), ("things", "--what")]
)
def test_wrong_usage_is_2(run: Run, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2


def test_without_a_session_the_hint_is_to_log_in(run: Run) -> None:
    done = run("things")
    assert (done.exit_code, "log in first" in done.output) == (1, True)


def test_a_mistyped_serial_is_refused_before_any_call(run: Run, session_file: Path, platform: Platform) -> None:
    before = len(platform.sandbox.calls())
    assert run("link", "--serial", SERIAL[:-1]).exit_code == 1
    assert len(platform.sandbox.calls()) == before


def test_an_unverified_platform_gets_no_password(run: Run, platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCALE_CA")
    assert run("login", "--email", OWNER).exit_code == 1
    [call] = platform.sandbox.wait_for(lambda calls: len(calls) == 1)
    assert call.http_bytes == 0
