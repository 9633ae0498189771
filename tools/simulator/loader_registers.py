"""The registers that esptool looks at through the ROM loader: chip, revision, MAC, clocks, and the flash chip's bus.

An ESP32-D0WD-V3 with 4 MB. All other registers read as zero.
"""

from __future__ import annotations

import zlib

_MAGIC = 0x40001000
_CHIP = 0x00F01D83
_EFUSE = 0x3FF5A000
_UART_CLOCK_DIVIDER = 0x3FF40014
_RTC_CALIBRATION = 0x3FF5F06C
_APB_CONTROL_DATE = 0x3FF6607C
_SPI = 0x3FF42000
_SPI_COMMAND, _SPI_ADDRESS, _SPI_USER2, _SPI_DATA = _SPI, _SPI + 0x04, _SPI + 0x24, _SPI + 0x80

_READ_ID, _READ_SFDP = 0x9F, 0x5A
_FLASH_ID = 0x1640C8  # GigaDevice, 2 to the power of 0x16 bytes
_SFDP = {0x00: 0x50444653, 0x10: 0xC8}  # the signature, and the maker again


class Registers:
    """What READ_REG and WRITE_REG see."""

    def __init__(self, mac: bytes) -> None:
        self._values = {
            _MAGIC: _CHIP,
            _EFUSE + 0x04: int.from_bytes(mac[2:]),
            _EFUSE + 0x08: (zlib.crc32(mac) & 0xFF) << 16 | int.from_bytes(mac[:2]),
            _EFUSE + 0x0C: 1 << 15 | 1 << 9,  # revision bit 0; package D0WD
            _EFUSE + 0x10: 136,  # with the calibration below, a crystal of 40 MHz
            _EFUSE + 0x14: 1 << 24 | 1 << 20,  # minor revision; revision bit 1
            _RTC_CALIBRATION: 753 << 7,
            _UART_CLOCK_DIVIDER: 347,  # 40 MHz at 115200 baud
            _APB_CONTROL_DATE: 1 << 31,  # revision bit 2
        }

    def read(self, address: int) -> int:
        """The register's value."""
        return self._values.get(address, 0)

    def write(self, address: int, value: int, mask: int) -> None:
        """Set the bits of `mask`; a write to the flash bus's command register runs the command prepared there."""
        if address == _SPI_COMMAND:
            self._values[_SPI_DATA] = self._flash_answer()
        else:
            self._values[address] = self.read(address) & ~mask | value & mask

    def _flash_answer(self) -> int:
        command = self.read(_SPI_USER2) & 0xFF
        if command == _READ_ID:
            return _FLASH_ID
        if command == _READ_SFDP:
            return _SFDP.get(self.read(_SPI_ADDRESS) >> 8, 0)
        return 0
