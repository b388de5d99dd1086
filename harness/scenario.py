"""The scenario file: who calls, what they call, and what goes wrong when."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from brownout.fakes.capacity import Capacity
from brownout.fakes.endpoint import Service
from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.timeline import Phase
from brownout.fakes.units import Duration

from .files import by_kind
from .names import Name
from .workload import ARRIVALS, Calls, Workload

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
    calls: Annotated[
        Calls | Annotated[tuple[Calls, ...], Field(min_length=1)],
        Field(description="one kind of call, or a list of kinds with their shares"),
    ] = Calls()
    limit: Annotated[int | None, Field(gt=0, description="calls of each client at the most")] = None

    @field_validator("calls")
    @classmethod
    def _whole(cls, calls: Calls | tuple[Calls, ...]) -> Calls | tuple[Calls, ...]:
        total = sum(each.share for each in calls) if isinstance(calls, tuple) else calls.share
        if not math.isclose(total, 1.0, abs_tol=1e-9):
            raise ValueError(f"the shares of all kinds of calls must make up 100%, these make up {total * 100:.6g}%")
        return calls

    @property
    def kinds(self) -> tuple[Calls, ...]:
        """The kinds of call, one or more."""
        return self.calls if isinstance(self.calls, tuple) else (self.calls,)


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
        Field(description="how long calls may go on after the last phase; not given: the longest deadline of a call"),
    ] = None

    @property
    def horizon(self) -> float:
        """Seconds in which calls begin."""
        return sum(phase.seconds for phase in self.timeline)

    @property
    def end(self) -> float:
        """Seconds after which what is still going on is censored. A call in flight then has missed its deadline."""
        longest = max(kind.deadline for kind in self.workload.kinds)
        return self.horizon + (longest if self.drain is None else self.drain)

    def service(self) -> Service:
        """What the fake is to be."""
        server = self.server
        return Service(
            server.latency,
            server.capacity,
            server.limits,
            tuple((kind.share, kind.output_tokens) for kind in self.workload.kinds),
            tuple(phase.phase() for phase in self.timeline),
        )

    def calls(self, seed: int) -> Workload:
        """What the clients do, under one seed."""
        workload = self.workload
        return Workload(workload.arrivals, workload.kinds, workload.clients, self.horizon, seed, workload.limit)
