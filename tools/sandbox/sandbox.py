"""The local stand-in for the platform as one object: start it, make things and users, order faults, read its record.

The servers run in a thread of the calling process; everything it knows is in its folder, and a restart goes on there.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from tools.sandbox import api
from tools.sandbox.calls import Call, Record
from tools.sandbox.certificates import Authority
from tools.sandbox.faults import Faults
from tools.sandbox.front import Front
from tools.sandbox.store import Clock, Store


class SystemClock:
    """The desk's clock."""

    def now_s(self) -> float:
        """Unix seconds."""
        return time.time()


class ManualClock:
    """A clock that a test moves."""

    def __init__(self, now_s: float = 1_800_000_000.0) -> None:
        self._now_s = now_s

    def now_s(self) -> float:
        """Unix seconds."""
        return self._now_s

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now_s += seconds


class Sandbox:
    """`hosts` are the names its certificate is good for. Use as a context manager."""

    def __init__(
        self,
        folder: Path,
        hosts: list[str] | None = None,
        clock: Clock | None = None,
        port: int = 0,
        bind: str = "127.0.0.1",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        clock = clock or SystemClock()
        self.faults = Faults()
        self.port = port
        self._bind = bind
        self._clock = clock
        self._authority = Authority(folder, hosts or ["localhost", "127.0.0.1"])
        self._store = Store(folder / "platform.sqlite", clock)
        self._record = Record(folder / "calls.sqlite")
        self._app = api.make(self._store)
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ending: asyncio.Event | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._up.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._ending is not None
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()
        self._store.close()
        self._record.close()

    @property
    def url(self) -> str:
        """The API's base address, for a client on this machine."""
        return f"https://localhost:{self.port}/v2"

    @property
    def docs_url(self) -> str:
        """The page that describes the API."""
        return f"{self.url}/docs"

    @property
    def ca_der(self) -> bytes:
        """The authority's certificate as a device wants it."""
        return self._authority.der

    @property
    def ca_pem_path(self) -> Path:
        """The authority's certificate as clients on a host want it."""
        return self._authority.pem_path

    def new_activation_code(self) -> str:
        """A code that `POST /things` turns into a thing."""
        return self._store.new_code()

    def new_thing(self) -> str:
        """The token of a new, activated thing."""
        return self._store.activate(self._store.new_code())[0]

    def add_user(self, email: str, password: str) -> None:
        """Register a user."""
        self._store.add_user(email, password)

    def calls(self) -> list[Call]:
        """The record of connections so far, oldest first."""
        return self._record.all()

    def wait_for(self, condition: Callable[[list[Call]], object], deadline_s: float = 10.0) -> list[Call]:
        """Wait until `condition(calls)` holds. Raises TimeoutError with the calls seen."""
        return self._record.wait_for(condition, deadline_s)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:  # the port is taken, say
            self._failure = error
            self._up.set()
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        self._ending = asyncio.Event()
        config = uvicorn.Config(
            self._app, host="127.0.0.1", port=0, log_level="critical", lifespan="off", access_log=False
        )
        server = uvicorn.Server(config)
        serving = asyncio.ensure_future(server.serve())
        while not server.started:
            await asyncio.sleep(0.005)
        backend = server.servers[0].sockets[0].getsockname()
        front = Front(self._authority, self.faults, self._record, self._clock, backend)
        try:
            self.port = front.listen(self._bind, self.port)
            self._up.set()
            await self._ending.wait()
            front.close()
        finally:
            server.should_exit = True
            await serving
