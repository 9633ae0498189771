"""`esp32` as the firmware may use it in one process: the chip's own heap. The flash is mounted by `life.board`."""

from life import wire

HEAP_DATA = 4
HEAP_EXEC = 1


def idf_heap_info(capabilities):
    """Total, free, largest free block and lowest free, of one region as large as the official image leaves."""
    wire.touch()
    return [(160000, 110000, 65536, 90000)]


def raw_temperature():
    wire.touch()
    return 128
