"""The flash chip in memory: NOR rules, a count of its operations, and power cuts at any of them.

It knows no files. What is erased and was never written takes no room, and a factory image is shared by all boards.
"""

import os

import vfs

BLOCK_BYTES = 4096
BLOCKS = 512
_READ_BYTES = 32  # what the chip reads at once, which also says how it writes
DROPPED, HALF, TORN, DONE = "dropped", "half", "torn", "done"

_ERASED = b"\xff" * BLOCK_BYTES
_COUNT, _SIZE, _ERASE = 4, 5, 6  # of the block device protocol
_NO_DEVICE = -19  # ENODEV


def image(path):
    """Read a file system image of BLOCKS blocks; returns its blocks that are not blank, by number."""
    found = {}
    with open(path, "rb") as file:
        for number in range(BLOCKS):
            data = file.read(BLOCK_BYTES)
            if data != _ERASED:
                found[number] = data
    return found


class Flash:
    """`on_cut` is called once the operation ordered with `cut_at` was done as far as ordered; it raises."""

    def __init__(self, factory):
        self._factory = factory
        self._blocks = {}
        self.erases = 0
        self.programs = 0
        self.on_cut = None
        self._cut_at = -1
        self._way = DROPPED
        self._torn_bits = None

    @property
    def operations(self):
        """Erase and program operations so far."""
        return self.erases + self.programs

    def ram_bytes(self):
        """What it takes of the desk's memory: more and more, as files move about in it."""
        return len(self._blocks) * BLOCK_BYTES

    def cut_at(self, nth, way, torn_bits=None):
        """Have power go at the `nth` operation from now; `torn_bits(n)` gives n random bits for TORN."""
        self._cut_at, self._way, self._torn_bits = self.operations + nth, way, torn_bits

    def no_cut(self):
        """Take back what `cut_at` ordered."""
        self._cut_at = -1

    def read(self, number, offset, buf):
        """Fill `buf` from a block."""
        data = self._blocks.get(number) or self._factory.get(number) or _ERASED
        buf[:] = memoryview(data)[offset : offset + len(buf)]

    def erase(self, number):
        """Set each bit of a block."""
        self.erases += 1
        self._change(number, 0, _ERASED)

    def program(self, number, offset, data):
        """Clear bits in a block: a bit that is 0 already stays so."""
        self.programs += 1
        before = bytearray(len(data))
        self.read(number, offset, before)
        self._change(number, offset, bytes([old & new for old, new in zip(before, data)]))

    def _change(self, number, offset, after):
        is_cut = self.operations == self._cut_at
        if is_cut:
            after = self._as_far_as_it_got(number, offset, after)
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = bytearray(self._factory.get(number) or _ERASED)
        block[offset : offset + len(after)] = after
        if is_cut:
            self._cut_at = -1
            self.on_cut()

    def _as_far_as_it_got(self, number, offset, after):
        before = bytearray(len(after))
        self.read(number, offset, before)
        if self._way == DROPPED:
            return before
        if self._way == HALF:
            return after[: len(after) // 2] + before[len(after) // 2 :]
        if self._way == TORN:
            for place in range(len(after)):
                mask = self._torn_bits(8)
                before[place] = before[place] & ~mask | after[place] & mask
            return before
        return after


class Device:
    """The flash as the block device of one life; `may_write` is False for one who only looks."""

    def __init__(self, flash, may_write=True):
        self._flash = flash
        self._may_write = may_write
        self._is_gone = False

    def detach(self):
        """The life is over: what is left of it (files nobody closed) is told that there is no flash."""
        self._is_gone = True
        self._may_write = False

    def readblocks(self, number, buf, offset=0):
        if self._is_gone:
            return _NO_DEVICE
        self._flash.read(number, offset, buf)

    def writeblocks(self, number, buf, offset=None):
        if offset is None:
            self.ioctl(_ERASE, number)
            offset = 0
        if self._may_write:
            self._flash.program(number, offset, buf)

    def ioctl(self, op, arg):
        if op == _COUNT:
            return BLOCKS
        if op == _SIZE:
            return BLOCK_BYTES
        if op == _ERASE and self._may_write:
            self._flash.erase(arg)
        return 0


def mounted(device, program=None):
    """Mount a block device as `/`, as the chip's own boot code does; perhaps with a `program.Program` before it."""
    try:
        vfs.umount("/")
    except OSError:
        pass  # nothing is
    files = file_system(device)
    vfs.mount(program.before(files) if program else files, "/")
    os.chdir("/")


def file_system(device):
    """The littlefs on a block device."""
    return vfs.VfsLfs2(device, readsize=_READ_BYTES)
