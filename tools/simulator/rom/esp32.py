"""`esp32` as the firmware may use it: the flash partitions and the chip's own heap.

The partition is where power is cut: each erase and each program operation is announced before it is done.
"""

import os

import wire

HEAP_DATA = 4
HEAP_EXEC = 1

_BLOCK_BYTES = 4096
_ERASED = b"\xff" * 128  # in small pieces, for the heap belongs to the firmware
_IOCTL_BLOCK_COUNT = 4
_IOCTL_BLOCK_SIZE = 5
_IOCTL_BLOCK_ERASE = 6

_image = None
_table = ()


def _open_flash(table):
    """Called by the boot code while the desk's files are still in reach."""
    global _image, _table
    _image = open(os.getenv("SIMULATOR_FLASH"), "r+b")
    _table = tuple(tuple(row) for row in table)


class Partition:
    """A stretch of the flash chip as a block device: NOR rules, so programming only clears bits."""

    BOOT = 0
    RUNNING = 1
    TYPE_APP = 0
    TYPE_DATA = 1

    def __init__(self, id, block_size=_BLOCK_BYTES):
        row = [row for row in _table if row[4] == id]
        if not row:
            raise OSError(2)
        self._info = row[0]
        self._offset = self._info[2]

    @staticmethod
    def find(type=TYPE_APP, subtype=0xFF, label=None):
        return [
            Partition(row[4])
            for row in _table
            if row[0] == type and subtype in (0xFF, row[1]) and label in (None, row[4])
        ]

    def info(self):
        return self._info

    def readblocks(self, block_num, buf, offset=0):
        while True:
            try:
                _image.seek(self._offset + block_num * _BLOCK_BYTES + offset)
                _image.readinto(buf)
                break
            except KeyboardInterrupt:
                _miss()
        _through()

    def writeblocks(self, block_num, buf, offset=None):
        if offset is None:
            self._erase(block_num)
            offset = 0
        self._program(self._offset + block_num * _BLOCK_BYTES + offset, buf)

    def ioctl(self, op, arg):
        if op == _IOCTL_BLOCK_COUNT:
            return self._info[3] // _BLOCK_BYTES
        if op == _IOCTL_BLOCK_SIZE:
            return _BLOCK_BYTES
        if op == _IOCTL_BLOCK_ERASE:
            self._erase(arg)
        return 0

    def _erase(self, block_num):
        self._change("erase", self._offset + block_num * _BLOCK_BYTES, _ERASED, _BLOCK_BYTES // len(_ERASED))

    def _program(self, address, buf):
        before = bytearray(len(buf))
        _image.seek(address)
        _image.readinto(before)
        self._change("program", address, bytes(old & new for old, new in zip(before, buf)))

    def _change(self, kind, address, after, times=1):
        while True:
            try:
                keep = wire.ask("flash", kind=kind, address=address, size=len(after) * times)
                _image.seek(address)
                left = int(len(after) * times * keep)
                while left > 0:
                    left -= _image.write(after if left >= len(after) else after[:left])
                if keep < 1:
                    wire.ask("power_lost")
                break
            except KeyboardInterrupt:
                _miss()
        _through()


_missed = False


def _miss():
    """On the chip this is C, where no Ctrl-C can land."""
    global _missed
    _missed = True


def _through():
    """It counts now that the chip is through with it."""
    global _missed
    if _missed:
        _missed = False
        wire.tell("interrupt_missed", 0, {})


def idf_heap_info(capabilities):
    """Total, free, largest free block and lowest free, of one region as large as the official image leaves."""
    return [(160000, 110000, 65536, 90000)]


def raw_temperature():
    return 128
