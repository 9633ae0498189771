"""The desk's remote control: a Unix socket by which other processes scan the air and handle the boards.

One JSON object a line in, one out. Who asks is trusted: it is the person at the same desk.
"""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.simulator.device import Device
from tools.simulator.ether import Network
from tools.simulator.world import World

_SWITCHES = ("on", "dhcp", "internet", "hidden")


def ask(path: Path, op: str, **details: Any) -> dict[str, Any]:
    """Ask the desk at `path` from another process. Raises OSError when nobody is there."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(json.dumps({"op": op, **details}).encode() + b"\n")
        with connection.makefile("rb") as answer:
            reply: dict[str, Any] = json.loads(answer.readline())
    return reply


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    control: Control


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(json.dumps(self.server.control.answer(line)).encode() + b"\n")


class Control:
    """Serves `world` at the socket `path` while the context is open."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._server = _Server(str(path), _Handler)
        self._server.control = self

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)

    def answer(self, line: bytes) -> dict[str, Any]:
        """What comes back for one request line; `{"error": ...}` when it makes no sense."""
        try:
            request = json.loads(line)
            op = request.pop("op")
            handler = getattr(self, f"_on_{op.replace('-', '_')}", None)
            if handler is None:
                return {"error": f"no such operation: {op}"}
            return handler(**request) or {"ok": True}
        except TypeError:
            return {"error": f"bad request: {op} takes other details; see docs/simulator.md"}
        except (ValueError, KeyError, AttributeError) as error:
            return {"error": f"bad request: {error}"}

    def _on_scan(self) -> dict[str, Any]:
        return {
            "networks": [
                {
                    "ssid_hex": beacon.ssid.hex(),
                    "bssid": beacon.bssid.hex(":"),
                    "channel": beacon.channel,
                    "rssi_dbm": beacon.rssi_dbm,
                    "security": beacon.security,
                }
                for beacon in self._world.ether.scan()
            ]
        }

    def _on_boards(self) -> dict[str, Any]:
        return {
            "boards": [
                {
                    "board": number,
                    "port": device.port,
                    "powered": device.powered,
                    "led": device.led,
                    "lives": device.lives,
                    "flash_operations": device.wear.operations,
                }
                for number, device in enumerate(self._world.devices, 1)
            ]
        }

    def _on_power_off(self, board: int = 1) -> None:
        self._board(board).power_off()

    def _on_power_on(self, board: int = 1) -> None:
        self._board(board).power_on()

    def _on_reset(self, board: int = 1) -> None:
        self._board(board).reset()

    def _on_press(self, board: int = 1) -> None:
        self._board(board).press()

    def _on_release(self, board: int = 1) -> None:
        self._board(board).release()

    def _on_cut_power(self, board: int = 1, at: int = 1, keep: float = 0.0) -> None:
        if at < 1 or not 0 <= keep < 1:
            raise ValueError("at begins with 1, and keep is a share from 0 to below 1")
        self._board(board).wear.cut_power_at(at, keep)

    def _on_network(self, ssid: str, key: str | None = None, **switches: bool) -> None:
        network = self._network(ssid.encode())
        if key is not None:
            network.key = key.encode() or None
        for name, value in switches.items():
            if name not in _SWITCHES:
                raise ValueError(f"a network has no switch {name!r}, only {', '.join(_SWITCHES)}")
            setattr(network, name, bool(value))

    def _network(self, ssid: bytes) -> Network:
        for network in self._world.ether.networks:
            if network.ssid == ssid:
                return network
        return self._world.ether.add(Network(ssid))

    def _board(self, number: int) -> Device:
        if not 1 <= number <= len(self._world.devices):
            raise ValueError(f"there is no board {number}")
        return self._world.devices[number - 1]
