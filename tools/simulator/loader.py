"""The serial protocol of the ESP32's ROM loader, and of the stub flasher that esptool puts in its place.

Bytes go in, bytes come out. It carries out what esptool orders on a flash chip; the port is `download`'s.
"""

from __future__ import annotations

import functools
import operator
import struct
from collections import deque
from collections.abc import Callable, Iterator

from tools.simulator.loader_registers import Registers
from tools.simulator.loader_writer import Writer
from tools.simulator.nor import Nor
from tools.simulator.slip import Frames, frame

SYNC = b"\x07\x07\x12\x20"
_SYNC_REPLIES = 8
_ROM_VALUE = 0x20120707  # what the ROM answers to SYNC besides; the stub answers 0
_INVALID, _FAILED, _BAD_CHECKSUM = b"\x01\x05", b"\x01\x06", b"\x01\x07"
_DONE = b"\x00\x00"
_READ_BYTES = 64
_CHECKSUM_SEED = 0xEF
_NAMES = {
    0x02: "flash_begin",
    0x03: "flash_data",
    0x04: "flash_end",
    0x05: "mem_begin",
    0x06: "mem_end",
    0x07: "mem_data",
    0x08: "sync",
    0x09: "write_reg",
    0x0A: "read_reg",
    0x0B: "set_params",
    0x0D: "attach",
    0x0E: "read_slowly",
    0x0F: "baud_rate",
    0x10: "deflated_begin",
    0x11: "deflated_data",
    0x12: "deflated_end",
    0x13: "md5",
    0xD0: "erase_all",
    0xD1: "erase_region",
    0xD2: "read",
}
_FIRST_OF_STUB = 0xD0
_WITH_DATA = frozenset({0x03, 0x07, 0x11})


class Loader:
    """Answers esptool. `left` is true once it was told to start what is in flash. Raises PowerCut."""

    def __init__(self, nor: Nor, mac: bytes) -> None:
        self.left = False
        self._nor = nor
        self._registers = Registers(mac)
        self._frames = Frames()
        self._is_stub = False
        self._writer = Writer(nor, 0, 0, is_packed=False, erases_first=False)
        self._unsent: deque[bytes] = (
            deque()
        )  # of a stretch being read: each part waits for the one before to be acknowledged

    def take(self, data: bytes) -> bytes:
        """What the chip sends back for `data`."""
        return b"".join(frame(reply) for payload in self._frames.take(data) for reply in self._replies(payload))

    def _replies(self, payload: bytes) -> Iterator[bytes]:
        if self._unsent:  # then this acknowledges the part before
            yield self._unsent.popleft()
            return
        if len(payload) < 8 or payload[0] != 0:
            return
        _, op, size, checksum = struct.unpack("<BBHI", payload[:8])
        order: Callable[[bytes], bytes | int | None] | None = getattr(self, f"_on_{_NAMES.get(op, '')}", None)
        if order is None or op >= _FIRST_OF_STUB and not self._is_stub:
            yield self._reply(op, _INVALID)
        elif op in _WITH_DATA and checksum != _checksum(payload[8 + 16 :]):
            yield self._reply(op, _BAD_CHECKSUM)
        else:
            yield from self._carry_out(op, order, payload[8 : 8 + size])

    def _carry_out(self, op: int, order: Callable[[bytes], bytes | int | None], body: bytes) -> Iterator[bytes]:
        try:
            answer = order(body)
        except (ValueError, struct.error):
            yield self._reply(op, _FAILED)
            return
        value, data = (answer, b"") if isinstance(answer, int) else (0, answer or b"")
        for _ in range(_SYNC_REPLIES if _NAMES[op] == "sync" else 1):
            yield self._reply(op, _DONE, value, data)
        if _NAMES[op] == "mem_end":
            yield b"OHAI"  # the stub is up
            self._is_stub = True
        if self._unsent:
            yield self._unsent.popleft()

    def _reply(self, op: int, status: bytes, value: int = 0, data: bytes = b"") -> bytes:
        reserved = b"" if self._is_stub else b"\x00\x00"
        data += status + reserved
        return struct.pack("<BBHI", 1, op, len(data), value) + data

    def _on_sync(self, body: bytes) -> int:
        return 0 if self._is_stub else _ROM_VALUE

    def _on_read_reg(self, body: bytes) -> int:
        return self._registers.read(*struct.unpack("<I", body))

    def _on_write_reg(self, body: bytes) -> None:
        for address, value, mask, _ in struct.iter_unpack("<IIII", body):
            self._registers.write(address, value, mask)

    def _on_nothing(self, body: bytes) -> None:
        """Pins, chip parameters, baud rate, RAM: esptool wants a yes, and nothing follows from it here."""

    _on_mem_begin = _on_mem_data = _on_mem_end = _on_attach = _on_set_params = _on_baud_rate = _on_nothing

    def _on_flash_begin(self, body: bytes) -> None:
        self._begin(body, is_packed=False)

    def _on_deflated_begin(self, body: bytes) -> None:
        self._begin(body, is_packed=True)

    def _begin(self, body: bytes, is_packed: bool) -> None:
        size, _, _, address = struct.unpack("<IIII", body[:16])
        self._writer = Writer(self._nor, address, size, is_packed=is_packed, erases_first=not self._is_stub)

    def _on_flash_data(self, body: bytes) -> None:
        size = struct.unpack("<I", body[:4])[0]
        self._writer.write(body[16 : 16 + size])

    _on_deflated_data = _on_flash_data

    def _on_flash_end(self, body: bytes) -> None:
        stays = bool(struct.unpack("<I", body)[0])
        if not self._is_stub:
            self.left = True
        elif not stays:
            self._is_stub = False

    _on_deflated_end = _on_flash_end

    def _on_md5(self, body: bytes) -> bytes:
        digest = self._nor.md5(*struct.unpack("<II", body[:8]))
        return digest if self._is_stub else digest.hex().encode()

    def _on_read_slowly(self, body: bytes) -> bytes:
        return self._nor.read(*struct.unpack("<II", body)).ljust(_READ_BYTES, b"\x00")

    def _on_erase_all(self, body: bytes) -> None:
        self._nor.erase(0, self._nor.size_bytes)

    def _on_erase_region(self, body: bytes) -> None:
        self._nor.erase(*struct.unpack("<II", body))

    def _on_read(self, body: bytes) -> None:
        address, size, part_bytes, _ = struct.unpack("<IIII", body)
        data = self._nor.read(address, size)
        self._unsent.extend(data[at : at + part_bytes] for at in range(0, size, part_bytes))
        self._unsent.append(self._nor.md5(address, size))


def _checksum(data: bytes) -> int:
    """The exclusive-or of all bytes, eight at a time."""
    folded = _CHECKSUM_SEED
    for (word,) in struct.iter_unpack("<Q", data.ljust(-len(data) // 8 * -8, b"\x00")):
        folded ^= word
    return functools.reduce(operator.xor, folded.to_bytes(8))
