"""The supervisor's end of the wire: each question of the simulated chip, answered.

One method an operation; it holds no state of its own.
"""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

from tools.simulator import board as boards
from tools.simulator import bootloader
from tools.simulator.ports import on_desk
from tools.simulator.station import RadioError

if TYPE_CHECKING:
    from tools.simulator.device import Device

_MAX_BYTES = 16384
_NO_ROUTE = 118  # EHOSTUNREACH of the chip's lwIP
_BUTTON_UP = 1
_OUTPUT_MODES = (3, 7)  # Pin.OUT, Pin.OPEN_DRAIN
_NO_ANSWER = object()


class Wire:
    """Answers for one device."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._board = device.board
        self._hostname = "mpy-esp32"
        self._country = "XX"

    def serve(self, wire: socket.socket) -> bool:
        """Answer one question; False when the interpreter has gone."""
        try:
            message = wire.recv(_MAX_BYTES)
        except OSError:
            return False
        if not message:
            return False
        number, op, now_ms, details = json.loads(message)
        self._board.saw(now_ms)
        if self._device.watchdog_bit():  # before the answer, so that skipped time cannot outrun the dog
            return True
        try:
            value, error = getattr(self, f"_on_{op}")(**details), None
        except RadioError as trouble:
            value, error = None, ("OSError", trouble.args)
        except (ValueError, RuntimeError) as trouble:
            value, error = None, (type(trouble).__name__, trouble.args)
        if value is not _NO_ANSWER:
            signals = self._device.skips_idle, bool(self._board.edges)
            wire.send(json.dumps([number, value, error, signals]).encode())
        return True

    def _on_power_on(self) -> dict[str, Any]:
        return {
            "partitions": bootloader.partitions(self._device.flash),
            "skipped_ms": self._board.skipped_ms,
            "date_offset_ms": self._board.date_offset_ms,
            "raw_repl": self._device.in_raw_repl,
        }

    def _on_running(self, heap_used: int = 0) -> None:
        self._device.booted(heap_used)

    def _on_keyboard(self, plain: bool) -> None:
        self._device.carry_plain_bytes(plain)

    def _on_tick(self) -> None:
        """Idle time was skipped; `serve` has taken note of the clock."""

    def _on_flash(self, kind: str, address: int, size: int) -> float:
        return self._device.wear.count(kind, address, size)

    def _on_interrupt_missed(self) -> object:
        """A Ctrl-C landed where the chip runs C, which goes on to its end; the program stops after that."""
        self._device.interrupt_wanted = True
        return _NO_ANSWER

    def _on_power_lost(self) -> object:
        self._device.power_off()
        return _NO_ANSWER

    def _on_reset(self, cause: int) -> object:
        self._device.reset(cause)
        return _NO_ANSWER

    def _on_reset_cause(self) -> int:
        return self._board.reset_cause

    def _on_unique_id(self) -> str:
        return self._board.unique_id.hex()

    def _on_pin_mode(self, pin: int, mode: int) -> None:
        if not 0 <= pin <= 39 or pin == 24 or 28 <= pin <= 31:
            raise ValueError("invalid pin")
        if mode in _OUTPUT_MODES and pin >= 34:
            raise ValueError("pin can only be input")

    def _on_pin_read(self, pin: int) -> int:
        return self._board.levels.get(pin, _BUTTON_UP if pin == boards.BUTTON_PIN else 0)

    def _on_pin_write(self, pin: int, level: int) -> object:
        self._board.levels[pin] = level
        return _NO_ANSWER

    def _on_pin_irq(self, pin: int) -> None:
        self._board.watched_pins.add(pin)

    def _on_edges(self) -> list[tuple[int, int]]:
        edges, self._board.edges = self._board.edges, []
        return edges

    def _on_set_date(self, offset_ms: int) -> None:
        self._board.set_date(offset_ms)

    def _on_rtc_read(self) -> str:
        return self._board.rtc_memory.hex()

    def _on_rtc_write(self, hex: str) -> None:
        self._board.rtc_memory = bytes.fromhex(hex)

    def _on_watchdog(self, timeout_ms: int, now_ms: int) -> None:
        self._board.watchdog_ms, self._board.fed_ms = timeout_ms, now_ms

    def _on_feed(self, now_ms: int) -> None:
        self._board.fed_ms = now_ms

    def _on_hostname(self, name: str | None) -> str | None:
        if name is None:
            return self._hostname
        if len(name) > 32:
            raise ValueError("hostname too long")
        self._hostname = name
        return None

    def _on_country(self, code: str | None) -> str | None:
        if code is None:
            return self._country
        if len(code) != 2:
            raise ValueError("country code must be two letters")
        self._country = code  # D16: stored, and without effect
        return None

    def _on_radio(self, now_ms: int, **call: Any) -> Any:
        return self._device.radio.call(now_ms=now_ms, **call)

    def _on_resolve(self, host: str, now_ms: int) -> dict[str, Any]:
        internet = self._device.ether.internet
        if host.replace(".", "").isdigit():
            return {"address": host, "ms": 0}
        online = self._device.radio.online(now_ms)
        address = internet.resolve(host) if online else None
        return {"address": address, "ms": 0 if address or not online else internet.dns_patience_ms}

    def _on_route(self, host: str, port: int, kind: int, now_ms: int) -> tuple[str, int]:
        self._board.sync_date()
        if host in self._device.radio.access_point.guests.values():
            return on_desk(host), port
        if not self._device.radio.online(now_ms):
            raise RadioError(_NO_ROUTE)
        return self._device.ether.internet.route(host, port, kind) or ("127.0.0.1", 9)

    def _on_open_port(self, host: str, port: int, kind: int, now_ms: int) -> tuple[str, int]:
        return self._device.radio.ports.listen(host, port, kind, self._device.radio.addresses(now_ms))

    def _on_close_port(self, way: list[Any]) -> None:
        self._device.radio.ports.close((way[0], way[1]))
