"""A scenario's service, for whatever program runs in the virtual time around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from brownout.fakes.journal import Served
from brownout.fakes.virtual.server import VirtualServer

from ...scenario import Scenario
from .run import served


class Service:
    """The fake that answers, and what it has seen so far."""

    def __init__(self, server: VirtualServer) -> None:
        self._server = server

    @property
    def now(self) -> float:
        """Seconds of the scenario."""
        return self._server.clock.now()

    @property
    def requests(self) -> list[Served]:
        """Every request, in the order of (arrival, identity). Times are in seconds of the scenario."""
        return self._server.endpoint.journal()

    @property
    def faults(self) -> dict[str, tuple[int, int]]:
        """Name of a fault -> (planned, fired)."""
        timeline = self._server.endpoint.timeline
        return {
            name: (counts.planned, counts.fired) for name, counts in zip(timeline.names, timeline.counts, strict=True)
        }


@contextmanager
def around(scenario: Scenario, seed: int, hosts: Sequence[str]) -> Iterator[Service]:
    """Virtual time, in which every client of httpx, httpx2 or the SDK that connects to one of the hosts reaches the
    scenario's service. Its second 0 is now."""
    with served(scenario, seed, hosts) as (_, server):
        server.begin()
        yield Service(server)
