"""The boot code of the simulated chip: flash mounted as `/`, the chip's modules in reach, boot.py, main.py.

What the desk has and the chip has not (its files, its clock, its sockets) is out of reach when boot.py starts.
"""

import builtins
import gc
import os
import select
import sys

import clock
import esp32
import keyboard
import machine
import utime
import vfs
import wire

_BUILT_IN = ("esp32", "machine", "network", "socket", "time")
_FROZEN = ("ntptime", "urequests")
_PATH = ["", ".frozen", "/lib"]
_LOOK_MS = 50  # how long a button may go unnoticed
_TELL_MS = 5_000  # skipped time that the supervisor may not know of
_ROM = "/.rom"
_import = builtins.__import__
_desk_files = None


class _Frozen:
    """Imports as the official image resolves them: its frozen modules count at `.frozen`'s place in sys.path."""

    def __call__(self, name, *details):
        if name == "micropython":
            return keyboard.module
        if name in _FROZEN and name not in sys.modules and self._is_nearest(name):
            self._load(name)
        module = _import(name, *details)
        core = sys.modules.get("asyncio.core")
        if core is not None and hasattr(core, "new_event_loop") and core.ticks != clock.now_ms:
            _put_on_chip_time(core)
        return module

    def _is_nearest(self, name):
        for folder in sys.path:
            if folder == ".frozen":
                return True
            if any(_exists(folder + "/" + name + ending) for ending in ("", ".py", ".mpy")):
                return False
        return False

    def _load(self, name):
        vfs.mount(_desk_files, _ROM)
        sys.path.insert(0, _ROM)
        try:
            _import(name).__file__ = name + ".py"
        finally:
            sys.path.remove(_ROM)
            vfs.umount(_ROM)


def _exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


class _Select:
    """`select` for asyncio: the unix port waits a ms wherever a flag is among the files, this one does not."""

    POLLIN = select.POLLIN
    POLLOUT = select.POLLOUT

    def __init__(self):
        self._files = select.poll()
        self._flags = []

    @classmethod
    def poll(cls):
        return cls()

    def register(self, stream, events):
        if hasattr(stream, "set"):
            self._flags.append(stream)
        else:
            self._files.register(stream, events)

    def modify(self, stream, events):
        self._files.modify(stream, events)

    def unregister(self, stream):
        if stream in self._flags:
            self._flags.remove(stream)
        else:
            self._files.unregister(stream)

    def ipoll(self, ms):
        raised = [flag for flag in self._flags if flag.state]
        for flag in raised:
            yield flag, select.POLLIN
        yield from self._files.ipoll(0 if raised else ms)


def _put_on_chip_time(core):
    """Give asyncio the simulated clock; with idle time skipped, waiting costs nothing."""
    core.ticks = clock.now_ms
    core.ticks_add = utime.ticks_add
    core.ticks_diff = utime.ticks_diff
    core.select = _Select
    core._io_queue.poller = _Select.poll()
    wait = core.IOQueue.wait_io_event

    def wait_or_skip(queue, wait_ms):
        if wire.has_edges:
            machine._interrupts()
            wait_ms = 0
        if not wire.skips_idle or wait_ms <= 0:
            if 0 <= wait_ms <= _LOOK_MS:
                return wait(queue, wait_ms)
            wait(queue, _LOOK_MS)
            wire.ask("tick")
            return
        wait(queue, 0)
        task = core._task_queue.peek()
        if task is None or core.ticks_diff(task.ph_key, clock.now_ms()) > 0:
            clock.skip(wait_ms)
            if clock.now_ms() - wire.told_ms >= _TELL_MS:
                wire.ask("tick")

    core.IOQueue.wait_io_event = wait_or_skip


def _mount_flash():
    """As `_boot.py` of the official image: littlefs or FAT, a blank chip is formatted, a broken one is reported for ever."""
    global _desk_files
    _desk_files = vfs.VfsPosix(sys.path[0])
    flash = esp32.Partition.find(esp32.Partition.TYPE_DATA, label="vfs")[0]
    vfs.umount("/")
    try:
        vfs.mount(flash, "/")
    except OSError:
        first = bytearray(16)
        flash.readblocks(0, first)
        if first != b"\xff" * 16:
            _report_corruption()
        vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/")
    os.chdir("/")


def _report_corruption():
    import time

    wire.ask("running")
    while True:
        print("The filesystem starting at 0x200000 appears to be corrupted. Erase the flash and install again.")
        time.sleep(3)


def _run(path, scope):
    """Run a file in the REPL's own scope; returns False when it raised. SystemExit asks for a soft reset."""
    if not _exists(path):
        return True
    with open(path) as file:
        source = file.read()
    try:
        exec(compile(source, path[1:], "exec"), scope)
        return True
    except SystemExit:
        wire.ask("reset", cause=5)
    except BaseException as error:
        sys.print_exception(error)
        return False


def power_on(scope):
    """Bring the chip up and run what is in flash; on return the REPL starts."""
    wire.connect()
    status = wire.ask("power_on", max_bytes=1024)
    clock.start(status)
    esp32._open_flash(status["partitions"])
    for name in _BUILT_IN:
        sys.modules[name] = sys.modules["u" + name] = _import(name)
    _mount_flash()
    sys.path[:] = _PATH
    builtins.__import__ = _Frozen()
    for name in ("chip", "clock", "keyboard", "wire"):
        sys.modules.pop(name, None)
    scope.pop("chip", None)
    gc.collect()
    wire.ask("running", heap_used=gc.mem_alloc())
    if _run("/boot.py", scope) and not status["raw_repl"]:
        _run("/main.py", scope)
