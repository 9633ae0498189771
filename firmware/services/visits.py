"""Who may visit the page, and for how long: the scale's own subnet, three at a time, eight seconds each.

What a visitor is told is `services.portal`, which is loaded for visits alone.
"""

import asyncio
import gc
import time

import console

PORT = 80
_DEADLINE_MS = 8_000
_MAX_CONNECTIONS = 3
_TAKING_MS = 1_500  # after which a visitor who does not take his answer makes room for another
# A visit takes a fraction of a second; a visitor who dawdles is not waited for.
_LOOK_MS, _LOOKS = 50, 60


class Visits:
    """`address` is the one to listen at; `portal` a callable that returns the `services.portal.Portal` of the moment."""

    def __init__(self, address, portal):
        self._address = address
        self._subnet = address[: address.rfind(".") + 1]
        self._portal = portal
        self._visits = []  # [task, when its request was there, or None]
        self._inside = []  # those of them that are being served
        self._server = None
        self._door = asyncio.Event()
        self._door.set()
        self._log = console.Log("portal")

    async def serve(self):
        """Begin to listen; returns the server, whose `close` ends it. Raises OSError."""
        self._server = await asyncio.start_server(self._connected, self._address, PORT, backlog=4)
        return self._server

    def abandon(self):
        """Stop listening, where the loop has stopped."""
        try:
            # Only its own task can close the socket.
            self._server.task.coro.throw(asyncio.CancelledError())  # pyright: ignore
        except (StopIteration, asyncio.CancelledError):
            pass

    async def clear(self):
        """Let nobody in, and wait until whoever is inside has gone; those who dawdle have to. `admit` ends it."""
        self._door.clear()
        for _ in range(_LOOKS):
            if not self._inside:
                return
            await asyncio.sleep_ms(_LOOK_MS)
        self._send_away(self._inside)
        await asyncio.sleep_ms(0)

    def admit(self):
        """Let in whoever waits, and whoever comes."""
        self._door.set()

    def end(self):
        """Send everybody away, for good."""
        self._send_away(self._visits)

    def _send_away(self, visits):
        for task, _ in list(visits):
            task.cancel()

    async def _connected(self, reader, writer):
        visit = [asyncio.current_task(), None]
        peer = writer.get_extra_info("peername")
        try:
            if not peer[0].startswith(self._subnet) or not self._makes_room():
                return
            self._visits.append(visit)
            await self._door.wait()
            self._inside.append(visit)
            await asyncio.wait_for_ms(self._portal().answer(visit, reader, writer, peer), _DEADLINE_MS)
        except (OSError, asyncio.TimeoutError, asyncio.CancelledError):
            pass  # it broke off, was too slow, or had to make room
        except MemoryError:
            gc.collect()
            self._log.warn("out of memory, a visitor was turned away")
        except Exception as error:
            self._log.warn(f"stopped by {type(error).__name__}: {error}")
        finally:
            for visits in (self._visits, self._inside):
                if visit in visits:
                    visits.remove(visit)
            writer.close()
            await writer.wait_closed()

    def _makes_room(self):
        """Tell whether there is room for one more; the first that says nothing, or reads nothing, has to go for it."""
        if len(self._visits) < _MAX_CONNECTIONS:
            return True
        now = time.ticks_ms()
        for visit in self._visits:
            task, answered = visit
            if answered is None or time.ticks_diff(now, answered) > _TAKING_MS:
                self._visits.remove(visit)
                task.cancel()
                return True
        return False
