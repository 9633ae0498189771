"""What provisioning does to a board: reads its files, and puts new ones in the place of old ones in one go.

`tools.board.remote` speaks to it. What the files say is not its business; no error repeats what was sent.
"""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator, Mapping, Sequence

from tools.board import remote
from tools.board.errors import BoardError
from tools.board.remote import Remote, RemoteError

# littlefs has a second word for it: there is no room for the name of one file more (lfs.c, lfs_file_opencfg).
_FULL = (errno.ENOSPC, errno.ENAMETOOLONG)
_ERRNO = re.compile(r"OSError: (?:\[Errno )?(\d+)")
_PART = ".part"
# What the firmware keeps beside a record (docs/flash-format.md). The newest goes last, so that no older one comes to life.
COMPANIONS = (".newer", ".tmp", ".old")
_NUMBER = "import machine\nprint(machine.unique_id().hex())"
_COMMIT = """
import errno, os
for name in {gone}:
    try:
        os.remove(name)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
for name in {names}:
    os.rename(name + {part!r}, name)
"""


class FlashError(BoardError):
    """The board answers, but its flash does not take what it is given."""


class Board:
    """A board whose firmware stands still."""

    def __init__(self, line: Remote) -> None:
        self._line = line

    def number(self) -> str:
        """The number that no other chip has. Raises BoardError."""
        return self._line.run(_NUMBER).strip()

    def read(self, name: str) -> bytes | None:
        """The content of a file, None when there is no such file. Raises BoardError."""
        with _flash_errors():
            return self._line.read(name)

    def replace(self, files: Mapping[str, bytes], gone: Sequence[str] = ()) -> None:
        """Put `files` in place, the last one last, after taking `gone` away with their companions. Raises BoardError.

        Until everything has arrived as it was sent, the board keeps what it had.
        """
        parts = [name + _PART for name in files]
        try:
            for part, content in zip(parts, files.values(), strict=True):
                self._write(part, content)
        except FlashError:
            with contextlib.suppress(FlashError):  # a file system that is full may not even let go
                self.run(_COMMIT.format(gone=parts, names=[], part=_PART))
            raise
        gone = [name + ending for name in gone for ending in (*COMPANIONS, "")]
        stale = [name + ending for name in files for ending in COMPANIONS]
        self.run(_COMMIT.format(gone=[*gone, *stale], names=list(files), part=_PART))

    def run(self, code: str) -> None:
        """Run code that changes files. Raises BoardError."""
        with _flash_errors():
            self._line.run(code)

    def _write(self, name: str, content: bytes) -> None:
        with _flash_errors():
            self._line.write(name, content, lambda size: None, then="")
        if self.read(name) != content:
            raise FlashError("the board's flash does not hold what was written; replace the board")


@contextlib.contextmanager
def connected(port: str) -> Iterator[Board]:
    """The board at `port`; afterwards it boots. Raises BoardError."""
    with remote.connected(port) as line:
        try:
            line.refuse_fat()
            yield Board(line)
        finally:
            line.let_run()


@contextlib.contextmanager
def _flash_errors() -> Iterator[None]:
    """What flash refuses comes out as a FlashError."""
    try:
        yield
    except RemoteError as error:
        found = _ERRNO.search(str(error))
        if not found:
            raise
        number = int(found[1])
        if number in _FULL:
            raise FlashError("the board's file system is full; remove files from it") from None
        raise FlashError(f"the board's flash fails (error {number}); replace the board") from None
