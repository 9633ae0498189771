"""The file system as it is made on the host, held against what MicroPython does with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from littlefs import LittleFS

from tools import file_system
from tools.layout import BLOCK_BYTES

_SIZE = 64 * BLOCK_BYTES

# What an engineer may do at the REPL to each file: change its start and add to its end.
_CHANGES = """
import os, sys, vfs
BLOCK = 4096
with open(sys.argv[1], "rb") as file:
    data = bytearray(file.read())
class Flash:
    def readblocks(self, number, buf, offset=0):
        start = number * BLOCK + offset
        buf[:] = data[start : start + len(buf)]
    def writeblocks(self, number, buf, offset=0):
        start = number * BLOCK + offset
        data[start : start + len(buf)] = buf
    def ioctl(self, op, arg):
        return {4: len(data) // BLOCK, 5: BLOCK}.get(op, 0)
flash = Flash()
vfs.mount(vfs.VfsLfs2(flash, readsize=32, progsize=32, lookahead=32), "/chip")
for name in os.listdir("/chip"):
    with open("/chip/" + name, "r+b") as file:
        file.write(b"+")
        file.seek(0, 2)
        file.write(b"+")
vfs.umount("/chip")
with open(sys.argv[1], "wb") as file:
    file.write(data)
"""


def test_the_chip_may_change_a_file_of_any_length(tmp_path: Path) -> None:
    content = bytes(range(1, 251)) * 20
    tree = {f"/{length}": content[:length] for length in (0, 1, 127, 128, 129, 300, 511, 513, 4096, 5000)}
    image = tmp_path / "image"
    image.write_bytes(file_system.made(tree, _SIZE))
    subprocess.run([sys.executable, "-m", "micropython_unix", "-c", _CHANGES, str(image)], check=True)
    assert file_system.files(image.read_bytes()) == {name: b"+" + content[1:] + b"+" for name, content in tree.items()}


@pytest.mark.parametrize("version", [0x00020000, 0x00020001])
def test_a_change_keeps_the_version_on_disk(version: int) -> None:
    old = LittleFS(block_size=BLOCK_BYTES, block_count=16, disk_version=version, mount=False)
    old.format()
    changed = file_system.changed(bytes(old.context.buffer), {"/main.py": b"new"})
    # littlefs, SPEC.md: the superblock's inline struct begins with the version, behind the name "littlefs".
    place = changed.index(b"littlefs") + len(b"littlefs") + 4
    assert int.from_bytes(changed[place : place + 4], "little") == version
    assert file_system.files(changed) == {"/main.py": b"new"}
