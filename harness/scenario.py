"""The scenario file: who calls, what they call, and what goes wrong when."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from brownout.fakes.capacity import Capacity
from brownout.fakes.endpoint import Service
from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.timeline import Phase
from brownout.fakes.units import Duration

from .files import by_kind
from .names import Name
from .objectives import ObjectiveText
from .workload import ARRIVALS, Calls, Closed, Poisson, Steady, Workload

AnyFault = Annotated[Fault, by_kind(FAULTS, "fault")]
AnyArrivals = Annotated[Any, by_kind(ARRIVALS, "kind of arrivals")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PhaseFile(_Part):
    """A stretch of the incident."""

    seconds: Annotated[Duration, Field(alias="for", gt=0)]
    faults: tuple[AnyFault, ...] = ()
    hits: Annotated[
        frozenset[Literal["in_flight", "idle"]],
        Field(description="what its beginning also breaks: requests in flight, idle kept-alive connections"),
    ] = frozenset()

    def phase(self) -> Phase:
        return Phase(self.seconds, self.faults, "in_flight" in self.hits, "idle" in self.hits)


class WorkloadFile(_Part):
    """Who calls when, asking for what."""

    clients: Annotated[int, Field(gt=0, description="each with its own SDK client, connections and breaker")] = 10
    arrivals: AnyArrivals
    calls: Calls = Calls()


class ServerFile(_Part):
    """The service on a good day."""

    latency: Latency = Latency()
    capacity: Capacity = Capacity()
    limits: Limits = Limits()


class Scenario(_Part):
    """One incident, and the traffic it meets."""

    name: Name
    about: str = ""
    workload: WorkloadFile
    server: ServerFile = ServerFile()
    timeline: Annotated[tuple[PhaseFile, ...], Field(min_length=1)]
    drain: Annotated[
        Duration | None,
        Field(description="how long calls may go on after the last phase; not given: the deadline of a call"),
    ] = None
    objectives: Annotated[tuple[ObjectiveText, ...], Field(description="what a client has to keep to pass")] = ()

    @property
    def horizon(self) -> float:
        """Seconds in which calls begin."""
        return sum(phase.seconds for phase in self.timeline)

    @property
    def end(self) -> float:
        """Seconds after which what is still going on is censored. A call in flight then has missed its deadline."""
        return self.horizon + (self.workload.calls.deadline if self.drain is None else self.drain)

    def service(self) -> Service:
        """What the fake is to be."""
        server = self.server
        return Service(
            server.latency,
            server.capacity,
            server.limits,
            self.workload.calls.output_tokens,
            tuple(phase.phase() for phase in self.timeline),
        )

    def calls(self, seed: int) -> Workload:
        """What the clients do, under one seed."""
        arrivals: Poisson | Steady | Closed = self.workload.arrivals
        return Workload(arrivals, self.workload.calls, self.workload.clients, self.horizon, seed)
