"""Looks for scales on the air: through the simulator's ether when it runs, else through NetworkManager.

What is a scale is decided by the very definition that the firmware uses; names from the air are hostile bytes.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from firmware.core.ssid import serial_from

ETHER = Path(__file__).parents[2] / ".build" / "sim" / "ether.sock"
_DEADLINE_S = 10


class ScanError(RuntimeError):
    """No scan was possible; the message says what to do."""


@dataclass(frozen=True)
class Seen:
    """One network in range; `serial` is a scale's serial, or None for everybody else's network."""

    ssid: bytes
    channel: int
    rssi_dbm: int
    secured: bool

    @property
    def serial(self) -> str | None:
        """The serial of the scale that this network belongs to."""
        return serial_from(self.ssid)

    @property
    def name(self) -> str:
        """The SSID fit for a terminal: nothing in it can steer one."""
        text = self.ssid.decode(errors="backslashreplace")
        return "".join(
            character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
        )


def networks(ether: Path = ETHER) -> list[Seen]:
    """Every network in range, strongest first. Raises ScanError."""
    seen = _from_ether(ether) if ether.exists() else _from_network_manager()
    return sorted(seen, key=lambda network: -network.rssi_dbm)


def _from_ether(ether: Path) -> list[Seen]:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_DEADLINE_S)
            connection.connect(str(ether))
            connection.sendall(b'{"op":"scan"}\n')
            with connection.makefile("rb") as answer:
                rows = json.loads(answer.readline())["networks"]
        return [
            Seen(bytes.fromhex(row["ssid_hex"]), row["channel"], row["rssi_dbm"], row["security"] != 0) for row in rows
        ]
    except OSError:
        raise ScanError(f"nobody answers at {ether}; start the simulator again, or remove that file") from None
    except (ValueError, KeyError, TypeError):
        raise ScanError(f"{ether} does not answer as the simulator does") from None


def _from_network_manager() -> list[Seen]:
    if shutil.which("nmcli") is None:
        raise ScanError("no way to scan: start the simulator (make sim), or install NetworkManager's nmcli")
    command = ["nmcli", "-t", "-f", "SSID-HEX,CHAN,SIGNAL,SECURITY", "device", "wifi", "list", "--rescan", "yes"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_DEADLINE_S * 3, check=False)
    except subprocess.TimeoutExpired:
        raise ScanError("nmcli does not answer") from None
    if done.returncode:
        raise ScanError(f"nmcli could not scan: {done.stderr.strip()}")
    return parse_nmcli(done.stdout)


def parse_nmcli(output: str) -> list[Seen]:
    """What `nmcli -t -f SSID-HEX,CHAN,SIGNAL,SECURITY` printed; lines that make no sense are left out."""
    seen = []
    for line in output.splitlines():
        fields = line.split(":")  # none of these four can hold a colon
        try:
            ssid, channel, signal = bytes.fromhex(fields[0]), int(fields[1]), int(fields[2])
        except (ValueError, IndexError):
            continue
        # NetworkManager shows quality in percent: 0 is -100 dBm, 100 is -50 dBm and better.
        seen.append(Seen(ssid, channel, signal // 2 - 100, len(fields) > 3 and fields[3] not in ("", "--")))
    return seen
