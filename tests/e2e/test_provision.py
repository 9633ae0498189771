"""A board gets its identity over its serial port, and its label takes an owner to a linked scale."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from firmware.core.ssid import serial_from
from tests.e2e.bench import Bench
from tests.host.factory_peer import codes, everything_below, new_token, wifi_fields
from tools.factory.scale import Scale, new_serial
from tools.owner.client import Platform
from tools.simulator import flash, visit
from tools.simulator.world import HOME_KEY, HOME_SSID


def test_from_an_activation_code_to_a_linked_scale_by_its_label_alone(bench: Bench, owner: Platform) -> None:
    mark = len(bench.device.console.text)
    status, out, errors = bench.run("--activate", "--json", SCALE_ACTIVATION_CODE=bench.sandbox.new_activation_code())
    assert status == 0, errors
    report = json.loads(out)
    [code] = codes((Path(report["folder"]) / "label.png").read_bytes())
    label = wifi_fields(code)
    bench.device.console.wait_for("setup: page at", start=mark)
    phone = bench.world.new_phone()
    phone.join(label["S"].encode(), label["P"])
    visit.submit(phone, network=HOME_SSID.encode().hex(), key=HOME_KEY)
    bench.device.console.wait_for("link: waiting for app", start=mark)
    serial = serial_from(label["S"].encode())
    assert serial == report["serial"]
    assert owner.claim(serial).message == "linked"
    bench.device.console.wait_for("link: stored", 30, mark)


def test_a_scale_with_wifi_is_linked_by_its_card(bench: Bench, owner: Platform, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(HOME_KEY + "\n")
    (tmp_path / "token").write_text(bench.sandbox.new_thing() + "\n")
    words = ("--token-file", tmp_path / "token", "--wifi-ssid", HOME_SSID, "--wifi-key-file", tmp_path / "key")
    status, out, errors = bench.run(*words, "--json")
    assert status == 0, errors
    [token] = codes((Path(json.loads(out)["folder"]) / "card.png").read_bytes())
    assert owner.link_token(token).message == "linked"
    bench.device.console.wait_for("link: stored", 30)


def test_what_is_given_is_what_the_board_gets(bench: Bench) -> None:
    serial, token, key = new_serial(), new_token(), ' a; "key" with \\ all '
    status, out, errors = bench.run("--serial", serial, SCALE_TOKEN=token, SCALE_SETUP_KEY=key)
    assert (status, serial in out) == (0, True), errors
    assert "warning: the setup key has characters that are easily mistaken" in errors
    found = bench.identity()
    assert found
    assert (found.serial, found.thing_token, found.setup_key) == (serial, token, key)
    assert [(row["serial"], row["state"], row["board"]) for row in bench.ledger()] == [(serial, "done", "240ac4000001")]
    assert {stat.S_IMODE(path.stat().st_mode) for path, _ in everything_below(bench.data)} == {0o600}


def test_the_same_again_changes_nothing(bench: Bench) -> None:
    token = new_token()
    assert bench.run(SCALE_TOKEN=token)[0] == 0
    bench.device.console.wait_for("access point .* is up")  # and with it, what the firmware writes for itself
    before = everything_below(bench.data / "scales")
    operations = bench.device.wear.operations
    status, _, errors = bench.run(SCALE_TOKEN=token)
    assert status == 0, errors
    assert bench.device.wear.operations == operations
    assert [content for _, content in everything_below(bench.data / "scales")] == [content for _, content in before]
    assert len(bench.ledger()) == 1


def test_a_board_that_was_erased_gets_its_identity_back(bench: Bench) -> None:
    token = new_token()
    assert bench.run(SCALE_TOKEN=token)[0] == 0
    first = bench.identity()
    flash.create(bench.device.flash, {})
    bench.plug_in_anew()
    status, _, errors = bench.run(SCALE_TOKEN=token)
    assert status == 0, errors
    assert vars(bench.identity()) == vars(first)


def test_a_replaced_identity_takes_link_and_network_with_it(bench: Bench) -> None:
    old = Scale(new_serial(), new_token(), "old setup key", {"ssid": HOME_SSID, "key": HOME_KEY})
    state = {"linked": True, "thing_id": "a thing", "linked_at_s": 1}
    record = {"schema": 1, "generation": 3, "record": old.identity, "crc": "00000000"}
    bench.device.power_off()
    others = {
        "/identity.json": record,
        "/identity.json.old": old.identity,
        "/state.json": state,
        "/wifi.json": old.wifi,
    }
    flash.update(bench.device.flash, {name: json.dumps(content).encode() for name, content in others.items()})
    bench.power_on()
    new = new_token()
    assert f"the board holds the identity {old.serial}; to put another" in bench.run(SCALE_TOKEN=new)[2]
    assert bench.ledger() == []
    status, _, errors = bench.run("--replace", SCALE_TOKEN=new)
    assert status == 0, errors
    found = bench.identity()
    assert found and found.thing_token == new
    files = flash.read(bench.device.flash)
    assert not [name for name in files if name.startswith(("/state.json", "/wifi.json"))]
    assert all(old.token.encode() not in content for content in files.values())


def test_the_same_identity_in_a_record_of_the_firmware_is_known_and_kept(bench: Bench) -> None:
    held = Scale(new_serial(), new_token(), "its setup key")
    record = json.dumps({"schema": 1, "generation": 1, "record": held.identity, "crc": "00000000"}).encode()
    bench.device.power_off()
    flash.update(bench.device.flash, {"/identity.json": record})
    bench.power_on()
    status, out, errors = bench.run(SCALE_TOKEN=held.token)
    assert (status, held.serial in out) == (0, True), errors
    bench.device.power_off()
    assert flash.read(bench.device.flash)["/identity.json"] == record


def test_a_scale_of_a_batch_gets_onto_its_board(bench: Bench) -> None:
    assert bench.run(SCALE_TOKEN=new_token())[0] == 0
    [row] = bench.ledger()
    folder = bench.data / "scales" / row["serial"]
    other = bench.new_board()
    status, _, errors = bench.run("--from", folder, "--port", other.port)
    assert (status, "was given to another board (240ac4000001)" in errors) == (1, True)
    before = (folder / "identity.json").read_bytes()
    key = {"SCALE_SETUP_KEY": "an0ther-setup-key", "SCALE_TOKEN": json.loads(before)["thing_token"]}
    assert bench.run("--port", other.port, **key)[0] == 1
    assert (folder / "identity.json").read_bytes() == before  # refused is refused
    status, _, errors = bench.run("--from", folder, "--port", other.port, "--move")
    assert status == 0, errors
    assert bench.ledger()[0]["board"] == "240ac4000002"
