"""Brings the program on a board up to date: what has changed is staged beside it, and takes its place in one step.

Until a small file, the plan, is renamed into place the board runs the old program; from then on `boot.py` moves what
is staged before anything of the program is loaded, and goes on after a power cut. Files that are the device's own are
neither read nor written.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from tools import layout, program
from tools.board import remote
from tools.board.errors import BoardError, BrokenOff
from tools.board.remote import Remote, RemoteError

Show = Callable[[int, int], None]  # bytes sent, bytes in all
_OLDEST = (1, 24)
_RESERVE_BLOCKS = 8  # littlefs wants room to move
_DIGEST_CHARS = 32
_BOOT = "/boot.py"
_PART = program.PLAN + ".tmp"
_NO_SPACE = "OSError: 28"

_SURVEY = f"""
import hashlib, os, sys
_buffer = memoryview(bytearray(512))
def _digest(path):
    sha = hashlib.sha256()
    with open(path, "rb") as file:
        while size := file.readinto(_buffer):
            sha.update(_buffer[:size])
    return "".join("%02x" % byte for byte in sha.digest())[:{_DIGEST_CHARS}]
def _walk(path):
    try:
        kind = os.stat(path)[0]
    except OSError:
        return
    if kind & 0x4000:
        print("/", repr(path))
        for entry in os.ilistdir(path):
            _walk(path + "/" + entry[0])
    else:
        print(_digest(path), repr(path))
print(*sys.implementation.version[:2], os.statvfs("/")[3])
for _path in {program.PLAIN + program.FOLDERS + (program.STAGE,)!r}:
    _walk(_path)
"""


@dataclass
class Survey:
    """What is on the board: folders, and the digests of the program's files and of those staged."""

    version: tuple[int, int]
    free_blocks: int
    digests: dict[str, str] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


@dataclass
class Change:
    """What an update does: files to send, files and folders to remove, folders to make. Folders lie in their order."""

    send: dict[str, bytes]
    remove: list[str]
    make: list[str]

    @property
    def is_empty(self) -> bool:
        """True when the board has it all."""
        return not (self.send or self.remove or self.make)


@dataclass
class Outcome:
    """How a deploy ended."""

    change: Change
    boot: list[str]


def deploy(port: str, tree: dict[str, bytes], progress: Show) -> Outcome:
    """Bring the board at `port` to `tree` and start it. Raises BoardError; the board then runs the old or the new program."""
    with remote.connected(port) as board:
        starts = "the old program"
        try:
            survey = _surveyed(board)
            board.refuse_fat()
            change = changes(survey, tree)
            if not change.is_empty:
                _stage(board, survey, change, progress)
                starts = "the old program or the new one, whole"
                _commit(board, change)
                starts = "the new program, which is complete"
            board.restart()
            return Outcome(change, board.boot_lines())
        except BrokenOff as error:
            raise BrokenOff(error.what, f"it starts {starts}") from None
        except (BoardError, KeyboardInterrupt):
            board.let_run()
            raise


def digest(data: bytes) -> str:
    """A file's content in short, as the board gives it too."""
    return hashlib.sha256(data).hexdigest()[:_DIGEST_CHARS]


def staged_name(path: str, data: bytes) -> str:
    """The name under which a file waits in the stage; it tells path and content, so a repeated deploy finds it again."""
    return digest(path.encode() + b"\0" + data)[:16]


def changes(survey: Survey, tree: dict[str, bytes]) -> Change:
    """What has to be done for the board to hold `tree`."""
    there = {path: found for path, found in survey.digests.items() if not _is_staged(path)}
    send = {path: data for path, data in sorted(tree.items()) if there.get(path) != digest(data)}
    wanted = _folders(tree)
    have = [folder for folder in survey.folders if folder != program.STAGE]
    gone = program.stale(there, tree) + sorted((one for one in have if one not in wanted), reverse=True)
    return Change(send, gone, sorted(wanted - set(have)))


def plan(change: Change) -> bytes:
    """The update as `boot.py` carries it out: what goes, folders, then the files, each step harmless when repeated."""
    steps = [f"- {path}" for path in change.remove if "\n" not in path] + [f"/ {path}" for path in change.make]
    steps += [f"{staged_name(path, data)} {path}" for path, data in change.send.items() if path != _BOOT]
    return "\n".join(steps).encode()


def _folders(tree: dict[str, bytes]) -> set[str]:
    parts = [path.split("/")[:-1] for path in tree]
    return {"/".join(part[:depth]) for part in parts for depth in range(2, len(part) + 1)}


def _is_staged(path: str) -> bool:
    return path.startswith(program.STAGE + "/")


def _surveyed(board: Remote) -> Survey:
    head, *rows = board.run(_SURVEY).splitlines()
    major, minor, free_blocks = map(int, head.split())
    survey = Survey((major, minor), free_blocks)
    if survey.version < _OLDEST:
        raise BoardError(f"MicroPython {major}.{minor} is on the board; flash 1.24 or later: make flash")
    for row in rows:
        found, path = row.split(" ", 1)
        path = ast.literal_eval(path)
        if found == "/":
            survey.folders.append(path)
        else:
            survey.digests[path] = found
    return survey


def _stage(board: Remote, survey: Survey, change: Change, progress: Show) -> None:
    wanted = {f"{program.STAGE}/{staged_name(path, data)}": data for path, data in change.send.items()}
    useless = [path for path, found in survey.digests.items() if _is_staged(path) and _differs(wanted, path, found)]
    _run_each(board, "os.remove", useless)
    missing = {path: data for path, data in wanted.items() if path in useless or path not in survey.digests}
    _check_room(survey, useless, missing)
    # A name that no line of the plan can carry is no module's: what has one goes at once.
    _run_each(board, "os.remove", [path for path in change.remove if "\n" in path])
    if program.STAGE in survey.digests:
        advice = f"remove it: `mpremote fs rm :{program.STAGE}`"
        raise BoardError(f"a file {program.STAGE} is where updates wait; {advice}")
    if program.STAGE not in survey.folders:
        board.run(f"os.mkdir({program.STAGE!r})")
    sizes, sent = sum(map(len, missing.values())), 0

    def tell(size: int) -> None:
        nonlocal sent
        sent += size
        progress(sent, sizes)

    for path, data in missing.items():
        _write(board, path, data, tell)


def _differs(wanted: dict[str, bytes], path: str, found: str) -> bool:
    return path not in wanted or digest(wanted[path]) != found


def _check_room(survey: Survey, freed: list[str], missing: dict[str, bytes]) -> None:
    needed = _RESERVE_BLOCKS + sum(-(-len(data) // layout.BLOCK_BYTES) for data in missing.values())
    free = survey.free_blocks + len(freed)
    if needed > free:
        raise BoardError(_full(f"{needed * 4} kB are needed, {free * 4} kB are free"))


def _full(why: str) -> str:
    return (
        f"the board's flash is full: {why}; remove what is not the program's, such as old logs, with `mpremote fs rm`"
    )


def _write(board: Remote, path: str, data: bytes, tell: Callable[[int], None]) -> None:
    """Write a file into the stage and have the board read it back."""
    try:
        found = board.write(path, data, tell, then=f"print(_digest({path!r}))")
    except RemoteError as error:
        if _NO_SPACE not in str(error):
            raise
        board.run(f"_f.close()\nos.remove({path!r})")
        raise BoardError(_full("no block is left")) from None
    if found.strip() != digest(data):
        raise BoardError("the board's flash does not hold what was written to it; replace the board")


def _commit(board: Remote, change: Change) -> None:
    """The step before which the old program starts, and after which the new one does."""
    if _BOOT in change.send:
        board.run(f"os.rename({program.STAGE + '/' + staged_name(_BOOT, change.send[_BOOT])!r}, {_BOOT!r})")
    _write(board, _PART, plan(change), lambda size: None)
    board.run(f"os.rename({_PART!r}, {program.PLAN!r})")


def _run_each(board: Remote, function: str, paths: list[str]) -> None:
    for path in paths:
        board.run(f"{function}({path!r})")
