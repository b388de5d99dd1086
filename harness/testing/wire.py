"""The wire stage: a server on a loopback port, in a thread of its own, that serves one test after the other."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.virtual.errors import NotRouted
from brownout.fakes.wire.apart import WireThread
from brownout.fakes.wire.server import WireServer

from ..availability import in_scenario
from ..scenario import Scenario
from .environment import environment
from .loopback import only_loopback
from .service import Service
from .stage import Backend

T = TypeVar("T")


class WireHost:
    """One port for as long as it is entered. Clients that a program makes once for many tests keep their base URL."""

    backend: Backend = "wire"

    def __init__(self) -> None:
        self._limit: asyncio.TimerHandle | None = None
        self._there: WireThread
        self.was_cut = False
        self.refused: list[NotRouted] = []

    @property
    def server(self) -> WireServer:
        return self._there.server

    @property
    def url(self) -> str:
        return self._there.url

    def do(self, what: Callable[[], T]) -> T:
        return self._there.do(what)

    def open(self, scenario: Scenario, seed: int) -> None:
        """Begin to listen."""
        self._there = WireThread(Endpoint(scenario.service(), seed))
        self._there.open()

    def close(self) -> None:
        """Give the port back."""
        self._there.close()

    @contextmanager
    def serving(self, scenario: Scenario, seed: int, limit: float) -> Iterator[Service]:
        """The scenario's service for one test; its second 0 is now. After `limit` real seconds clients get nothing but
        errors, so that a program that would wait much longer comes to an end. Raises `ValueError` for a fault that
        cannot be played here."""
        for *_, why in in_scenario(scenario, self.backend, speaks_tls=False):
            raise ValueError(f"{scenario.name}: {why}")
        self.do(lambda: self._begin(scenario, seed, limit))
        with only_loopback() as self.refused:
            try:
                yield Service(self, seed)
            finally:
                self.do(self._end)

    def _begin(self, scenario: Scenario, seed: int, limit: float) -> None:
        self.was_cut = False
        self.server.restart(Endpoint(scenario.service(), seed))
        self._limit = self._there.call_later(limit, self._cut) if limit < math.inf else None

    def _cut(self) -> None:
        self.was_cut = True
        self.server.cut()

    def _end(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self.server.cut()


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
