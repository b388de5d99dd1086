"""The wire stage: a server on a loopback port, in a thread of its own, that serves one test after the other."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.wire.server import WireServer

from ..scenario import Scenario
from .environment import environment
from .loopback import only_loopback
from .service import Service
from .stage import Backend

T = TypeVar("T")

_TURNS = 5
"""Of the server's event loop, in which what the program has just done, such as to close a connection, arrives."""


class WireHost:
    """One port for as long as it is entered. Clients that a program makes once for many tests keep their base URL."""

    backend: Backend = "wire"

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="brownout wire server", daemon=True)
        self._limit: asyncio.TimerHandle | None = None
        self.server: WireServer
        self.was_cut = False
        self.refused: list[NotRouted] = []

    @property
    def url(self) -> str:
        return f"http://{self.server.host}:{self.server.port}"

    def do(self, what: Callable[[], T]) -> T:
        async def settled() -> T:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            return what()

        return self._await(settled())

    def open(self, scenario: Scenario, seed: int) -> None:
        """Begin to listen."""
        self._thread.start()
        self.server = WireServer(Endpoint(scenario.service(), seed))
        self._await(self.server.start())

    def close(self) -> None:
        """Give the port back."""
        self._await(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def serving(self, scenario: Scenario, seed: int, limit: float) -> Iterator[Service]:
        """The scenario's service for one test; its second 0 is now. After `limit` real seconds clients get nothing but
        errors, so that a program that would wait much longer comes to an end."""
        self.do(lambda: self._begin(scenario, seed, limit))
        with only_loopback() as self.refused:
            try:
                yield Service(self, seed)
            finally:
                self.do(self._end)

    def _begin(self, scenario: Scenario, seed: int, limit: float) -> None:
        self.was_cut = False
        self.server.restart(Endpoint(scenario.service(), seed))
        self._limit = self._loop.call_later(limit, self._cut) if limit < math.inf else None

    def _cut(self) -> None:
        self.was_cut = True
        self.server.cut()

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self.server.cut()

    def _await(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def wire(scenario: Scenario, seed: int, limit: float = math.inf) -> Iterator[Service]:
    """A server on a loopback port that answers as the scenario's service does; its second 0 is now."""
    host = WireHost()
    host.open(scenario, seed)
    try:
        with host.serving(scenario, seed, limit) as service, environment(host.url):
            yield service
    finally:
        host.close()
