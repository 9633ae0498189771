"""The thread of a simulated board: it waits for what the board listens to, and serves it under the board's lock.

What there is to listen to, and what is done about it, is `device`'s.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
from collections.abc import Callable, Iterator

_TICK_S = 0.05

Sources = Callable[[], Iterator[tuple[int, Callable[[], None]]]]


class Loop:
    """Asks `sources` before each wait for the files to watch; calls `look_after` after each, and at every tick."""

    def __init__(self, lock: threading.RLock, sources: Sources, look_after: Callable[[], None]) -> None:
        self._lock, self._sources, self._look_after = lock, sources, look_after
        self._wake_read, self._wake_write = os.pipe()
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """From here on it serves."""
        self._thread.start()

    def wake(self) -> None:
        """The sources have changed."""
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"!")

    def close(self) -> None:
        """End the thread."""
        self._open = False
        self.wake()
        self._thread.join()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _run(self) -> None:
        while self._open:
            ready = self._wait()
            with self._lock:
                for serve in ready:
                    serve()
                self._look_after()

    def _wait(self) -> list[Callable[[], None]]:
        with self._lock, selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ, self._woken)
            for fd, serve in self._sources():
                selector.register(fd, selectors.EVENT_READ, serve)
            self._lock.release()
            try:
                return [key.data for key, _ in selector.select(_TICK_S)]
            finally:
                self._lock.acquire()

    def _woken(self) -> None:
        os.read(self._wake_read, 64)
