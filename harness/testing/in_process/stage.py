"""The stage in process: a service that is asked by function call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

import httpx

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.virtual.errors import NotRouted

from ...scenario import Scenario
from ..stage import Backend
from .answering import Desk
from .clock import Clock

T = TypeVar("T")

LIMIT = 24 * 3600.0
"""Seconds that the service may take for all that is asked of it: an answer of nothing but pings comes to an end."""


class InProcess:
    """A scenario's service, for whoever calls `answer`. Its second 0 is when it is made."""

    backend: Backend = "respx"
    was_cut = False

    def __init__(self, scenario: Scenario, seed: int, hosts: Sequence[str], limit: float = LIMIT) -> None:
        self._clock = Clock(limit)
        self._desk = Desk(Endpoint(scenario.service(), seed), self._clock)
        self.hosts = tuple(hosts)
        self.server = self._desk.server
        self.url = f"https://{hosts[0]}"
        self.refused: list[NotRouted] = []
        self.server.begin()  # at 0 s to the last digit: two zeros would round differently, and wait for each other

    def do(self, what: Callable[[], T]) -> T:
        with self._clock.visited():
            return what()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the service says. Raises what httpx does."""
        return self._desk.answer(request)

    def refuse(self, request: httpx.Request) -> NoReturn:
        """For a request to anything else: no connection. It is kept, as programs swallow such errors."""
        error = NotRouted(
            f"respx: nothing real can be reached from here, and {request.url.host} is not faked "
            f"({', '.join(self.hosts)})"
        )
        self.refused.append(error)
        raise httpx.ConnectError(str(error), request=request) from error

    def stop(self) -> None:
        """Break off whatever is under way."""
        self.do(self.server.stop)
