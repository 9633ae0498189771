"""What the owner's app makes of odd answers, odd addresses and odd sessions, and what of them it never shows.

The ordinary way is test_owner.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from firmware.core import serial as serials
from tests.host import sandbox_peer
from tools.owner import command
from tools.owner.client import Platform, PlatformError, address
from tools.sandbox import Fault

SERIAL = serials.make(b"client")
PASSWORD = " a password with blanks "
Run = Callable[..., Result]


@pytest.fixture
def app(platform: sandbox_peer.Platform) -> Iterator[Platform]:
    """The owner's app, logged in."""
    platform.sandbox.add_user(sandbox_peer.OWNER, PASSWORD)
    with Platform(platform.sandbox.url, platform.sandbox.ca_pem_path) as client:
        client.login(sandbox_peer.OWNER, PASSWORD)
        yield client


@pytest.fixture
def run(app: Platform, platform: sandbox_peer.Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line, logged in with a password from a file."""
    monkeypatch.setenv("SCALE_CA", str(platform.sandbox.ca_pem_path))
    monkeypatch.setenv("SCALE_URL", platform.sandbox.url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "password").write_text(PASSWORD + "\n")
    password = ["--password-file", str(tmp_path / "password")]
    done = CliRunner().invoke(command.app, ["login", "--email", sandbox_peer.OWNER, *password])
    assert done.exit_code == 0, done.output
    return lambda *words: CliRunner().invoke(command.app, list(words))


@pytest.mark.parametrize("session", ["SECRET\nTOKEN", "SECRÉT", "SECRET\x00", "SECRET\r\nHost: elsewhere"])
def test_a_session_that_no_header_can_hold_is_not_quoted(session: str) -> None:
    with pytest.raises(PlatformError) as caught:
        Platform(session=session)
    assert "SECR" not in str(caught.value)
    assert caught.value.code == 401


@pytest.mark.parametrize("url", ["", "localhost", "http://localhost/v2", "https:///v2", "https://localhost:port/v2"])
def test_an_address_without_https_and_host_is_refused(url: str) -> None:
    with pytest.raises(PlatformError, match="must look like https://"):
        address(url)


@pytest.mark.parametrize("body", [b"{}", b'{"things":null}', b'{"things":5}', b'{"things":[{}]}', b'{"things":["a"]}'])
def test_a_list_of_things_that_is_none_is_an_error(app: Platform, platform: sandbox_peer.Platform, body: bytes) -> None:
    platform.sandbox.faults.push(Fault.json(body))
    with pytest.raises(PlatformError, match="things"):
        app.things()


@pytest.mark.parametrize(
    "fault", [Fault.html(), Fault.empty(), Fault.half_body(), Fault.redirect("https://localhost/")]
)
def test_a_broken_answer_is_a_platform_error(app: Platform, platform: sandbox_peer.Platform, fault: Fault) -> None:
    platform.sandbox.faults.push(fault)
    with pytest.raises(PlatformError):
        app.claim(SERIAL)


def test_the_platforms_words_steer_no_terminal(app: Platform, platform: sandbox_peer.Platform) -> None:
    platform.sandbox.faults.push(Fault.json(b'{"status":"error","message":"\\u001b[2Jgone"}', status=500))
    with pytest.raises(PlatformError, match="gone") as caught:
        app.things()
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("thing_id", ["", ".", "..", "../things", "a?b", "a/b", "a#b"])
def test_an_odd_thing_id_reaches_no_other_resource(
    app: Platform, platform: sandbox_peer.Platform, thing_id: str
) -> None:
    before = len(platform.sandbox.calls())
    with pytest.raises(PlatformError) as caught:
        app.unlink(thing_id)
    assert caught.value.code in (400, 404)
    others = [call.route for call in platform.sandbox.calls()[before:] if call.route in ("/v2/me/things", "/v2/things")]
    assert others == []


@pytest.mark.parametrize(
    "code, passing", [(0, True), (403, True), (429, True), (503, True), (200, False), (401, False)]
)
def test_what_may_pass_is_told_from_what_will_not(code: int, passing: bool) -> None:
    assert PlatformError("", code).passing is passing


def test_wait_rides_out_trouble_that_passes(
    run: Run, platform: sandbox_peer.Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_POLL_S", 0.01)
    platform.sandbox.faults.push(Fault.json(b'{"message":"waiting for thing"}'))
    platform.sandbox.faults.push(Fault.status(503), calls=2)
    platform.sandbox.faults.push(Fault.json(b'{"message":"linked","thingId":"a"}'))
    done = run("wait", "--serial", SERIAL, "--timeout", "60")
    assert (done.exit_code, done.output) == (0, "linked, thing a\n")


def test_wait_ends_at_once_when_refused(
    run: Run, platform: sandbox_peer.Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_POLL_S", 0.01)
    platform.sandbox.faults.push(Fault.json(b'{"message":"waiting for thing"}'))
    platform.sandbox.faults.push(Fault.status(401))
    assert run("wait", "--serial", SERIAL, "--timeout", "5").exit_code == 1


def test_a_session_goes_to_its_own_platform_alone(run: Run, platform: sandbox_peer.Platform) -> None:
    before = len(platform.sandbox.calls())
    other = platform.sandbox.url.replace("localhost", "127.0.0.1")
    done = run("things", "--url", other)
    assert (done.exit_code, "log in first" in done.output) == (1, True)
    assert len(platform.sandbox.calls()) == before


def test_an_unreadable_session_file_shows_nothing_of_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"SECRET\xff")
    done = run("things", "--session-file", str(tmp_path / "bytes"))
    assert (done.exit_code, "SECRET" in done.output) == (1, False)
    assert isinstance(done.exception, SystemExit)


def test_a_session_that_cannot_be_kept_is_one_line(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "password" / "session"
    done = run(
        "login",
        "--email",
        sandbox_peer.OWNER,
        "--password-file",
        str(tmp_path / "password"),
        "--session-file",
        str(target),
    )
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert isinstance(done.exception, SystemExit)
