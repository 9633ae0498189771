"""asyncio on virtual time: its clock is the world's, and waiting for a socket is a look at it.

It runs no task itself; MicroPython's own asyncio does.
"""

import gc
from asyncio import core

from life import clock

_GET_READY, _RD, _WR = 3, 1, 4  # of py/stream.h: MP_STREAM_POLL and its flags


class Queue:
    """Stands in for `asyncio.core.IOQueue`: who waits for which stream."""

    def __init__(self):
        self.map = {}  # id of the stream -> [reader, writer, stream]

    def queue_read(self, stream):
        """The current task waits until `stream` can be read."""
        self._enqueue(stream, 0)

    def queue_write(self, stream):
        """The current task waits until `stream` can be written."""
        self._enqueue(stream, 1)

    def remove(self, task):
        """A task that was cancelled waits no more."""
        for key in list(self.map):
            entry = self.map[key]
            for place in (0, 1):
                if entry[place] is task:
                    entry[place] = None
            if entry[0] is None and entry[1] is None:
                del self.map[key]

    def wait_io_event(self, ms):
        """Let time pass until something is ready, for `ms` at most, for ever when negative."""
        if clock.stirred and self._wake():
            return
        if ms:
            clock.wait(ms)
            if clock.stirred:
                self._wake()

    def _enqueue(self, stream, place):
        entry = self.map.get(id(stream))
        if entry is None:
            entry = self.map[id(stream)] = [None, None, stream]
        entry[place] = core.cur_task
        core.cur_task.data = self
        clock.stirred = True

    def _wake(self):
        clock.stirred = False
        found = False
        for key in list(self.map):
            reader, writer, stream = entry = self.map[key]
            ready = stream.ioctl(_GET_READY, _RD | _WR)
            if reader is not None and ready & ~_WR:
                entry[0], found = None, True
                core._task_queue.push(reader)
            if writer is not None and ready & ~_RD:
                entry[1], found = None, True
                core._task_queue.push(writer)
            if entry[0] is None and entry[1] is None:
                del self.map[key]
        return found


def _difference(end, start):
    return end - start


def _sum(ticks, delta):
    return ticks + delta


def install():
    """Give asyncio this clock and this queue, and let it forget whatever ran."""
    core.ticks = clock.now_ms
    core.ticks_add = _sum
    core.ticks_diff = _difference
    core.IOQueue = Queue
    core.new_event_loop()
    core.cur_task = None
    core._exc_context["exception"] = core._exc_context["future"] = None
    core.Loop._exc_handler = None
    gc.threshold(-1)
