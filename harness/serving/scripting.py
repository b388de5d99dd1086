"""What tests script, from outside: the same service, with faults that can be lifted again and are for one caller."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.faults import Fault
from brownout.fakes.http.server import Server
from brownout.fakes.journal import Besides, Served, TurnedAway
from brownout.fakes.script import Scope, Scripted
from brownout.fakes.virtual.errors import NotRouted

from ..scenario import Scenario
from ..testing.service import Service
from ..testing.stage import Backend
from ..testing.unfired import Entry
from .counts import Counts
from .journal import Journal

T = TypeVar("T")


def endpoint_of(scenario: Scenario, seed: int) -> Endpoint:
    """One that may serve for days."""
    return Endpoint(scenario.service(), seed, keeps_journal=False)


@dataclass(frozen=True)
class InLoop:
    """The server lives in the event loop of whoever scripts it."""

    server: Server
    url: str
    backend: Backend = "wire"
    refused: list[NotRouted] = field(default_factory=list)
    was_cut: bool = False

    def do(self, what: Callable[[], T]) -> T:
        return what()


class Scripting(Service):
    """The service as the control port sees it."""

    def __init__(self, stage: InLoop, seed: int, name: str, journal: Journal, counts: Counts) -> None:
        """`name`: of the scenario that has begun; `journal`: the only one that is kept of what is served."""
        super().__init__(stage, seed)
        self._kept, self._counts = journal, counts
        self._listen(stage.server.endpoint)
        self.must_matter(name)

    @property
    def entries(self) -> list[Entry]:
        """Scripted faults that were not lifted."""
        return [entry for entry in self._entries if not entry.is_lifted]

    def put(self, fault: Fault, times: int | None, scope: Scope | None) -> Entry:
        """A fault for the next requests, or for all of them, of those that are in scope."""
        timeline = self._stage.server.endpoint.timeline
        # Tests may share a server for days: what is used up must not cost every request a look.
        timeline.put(
            tuple(each for each in timeline.script if not (isinstance(each, Scripted) and each.turns.left < 1))
        )
        only = None if scope is None else (scope, self._stage.server.asking)
        return self._script(fault, math.inf if times is None else times, False, only)

    def lift(self, entry: Entry) -> None:
        """It is for nobody any more."""
        entry.lift(self._stage.server.endpoint.timeline)

    def go_over_to(self, scenario: Scenario, drops: bool) -> None:
        """Another scenario begins now. Raises `RuntimeError` while requests are under way, unless it drops them."""
        self._renew(endpoint_of(scenario, self.seed), scenario.name, drops)

    def _renew(self, endpoint: Endpoint, name: str, drops: bool = False) -> None:
        super()._renew(endpoint, name, drops)
        self._past.clear()  # what they have served is in the journal
        self._listen(endpoint)

    def _listen(self, endpoint: Endpoint) -> None:
        billing = endpoint.service.billing

        def told(entry: Served | TurnedAway, besides: Besides) -> None:
            self._counts.add(entry, besides, billing)
            self._kept.add(entry)

        endpoint.listener = told

    def _journal(self) -> list[Served]:
        return [*self._kept.requests, *super()._journal()]
