"""The scenario file: who calls, what they call, and what goes wrong when."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from brownout.fakes.billing import PRICES, Billing
from brownout.fakes.capacity import Capacity
from brownout.fakes.endpoint import Service
from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.timeline import Phase
from brownout.fakes.units import Duration, Share, format_duration

from .files import LocatedError, LocatedErrors, by_kind
from .names import Name
from .objectives import ObjectiveText
from .reach import out_of_reach
from .troubles import Trouble, of_phases
from .workload import AnyWorkload, Traffic

AnyFault = Annotated[Fault, by_kind(FAULTS, "fault")]


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


class ServerFile(_Part):
    """The service on a good day."""

    latency: Latency = Latency()
    capacity: Capacity = Capacity()
    limits: Limits = Limits()
    billing: Annotated[Billing, Field(description="not given: the prices of the latency's profile")] = Billing()

    @model_validator(mode="before")
    @classmethod
    def _bill_the_profile(cls, given: Any) -> Any:
        latency = given.get("latency") if isinstance(given, dict) else None
        profile = latency.get("profile") if isinstance(latency, dict) else None
        if not isinstance(profile, str) or profile not in PRICES:
            return given
        billing = given.get("billing", {})
        is_priced = not isinstance(billing, dict) or {"model", "input", "output"} & billing.keys()
        return given if is_priced else given | {"billing": {"model": profile} | billing}


class Recovery(_Part):
    """When the service counts as recovered, for the time to recover: goodput over a window is back at a share of what
    it would have been without faults, and stays so for three windows more."""

    window: Annotated[Duration, Field(gt=0)] = 10.0
    share: Annotated[Share, Field(gt=0)] = 0.9


class Scenario(_Part):
    """One incident, and the traffic it meets."""

    name: Name
    about: str = ""
    workload: AnyWorkload
    server: ServerFile = ServerFile()
    timeline: Annotated[tuple[PhaseFile, ...], Field(min_length=1)]
    drain: Annotated[
        Duration | None,
        Field(description="how long calls may go on after the last phase; not given: the longest deadline of a call"),
    ] = None
    objectives: Annotated[tuple[ObjectiveText, ...], Field(description="what a client has to keep to pass")] = ()

    recovery: Recovery = Recovery()
    troubles: Annotated[
        tuple[Trouble, ...] | None,
        Field(description="what an alert has to find; not given: the phases with faults, as the service's"),
    ] = None

    @model_serializer(mode="wrap")
    def _brief(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without `troubles` where nothing is said of them: no run but that of alerts asks for them."""
        written: dict[str, Any] = write(self)
        return written if self.troubles is not None else {key: written[key] for key in written if key != "troubles"}

    @model_validator(mode="after")
    def _every_fault_can_fire(self) -> Scenario:
        workload = self.workload
        idle = [
            LocatedError(why, "timeline", i, "faults", j)
            for i, phase in enumerate(self.timeline)
            for j, why in out_of_reach(phase.faults, workload.kinds, workload.clients, workload.limit)
        ]
        if idle:
            raise LocatedErrors(*idle)
        return self

    @property
    def has_tls_faults(self) -> bool:
        """Whether its service has to speak TLS."""
        return self.service().has_tls_faults

    @property
    def horizon(self) -> float:
        """Seconds in which calls begin."""
        return sum(phase.seconds for phase in self.timeline)

    @property
    def end(self) -> float:
        """Seconds after which what is still going on is censored. A call in flight then has missed its deadline."""
        longest = max(kind.deadline for kind in self.workload.kinds)
        return self.horizon + (longest if self.drain is None else self.drain)

    @property
    def clear(self) -> float | None:
        """Seconds after which nothing is wrong any more; None if no phase with faults ends before the last."""
        last = max((i for i, phase in enumerate(self.timeline) if phase.faults), default=None)
        if last is None or last == len(self.timeline) - 1:
            return None
        return sum(phase.seconds for phase in self.timeline[: last + 1])

    @model_validator(mode="after")
    def _troubles_within(self) -> Scenario:
        ordered = sorted(self.troubles or (), key=lambda trouble: trouble.begins)
        for number, trouble in enumerate(ordered):
            if trouble.ends > self.horizon:
                raise ValueError(
                    f"troubles: one ends after {format_duration(trouble.ends)}, and the timeline after "
                    f"{format_duration(self.horizon)}"
                )
            if number and ordered[number - 1].ends > trouble.begins:
                raise ValueError(f"troubles: two overlap after {format_duration(trouble.begins)}: write them as one")
        return self

    @property
    def wrong(self) -> tuple[Trouble, ...]:
        """What is wrong in it, in the order of time."""
        if self.troubles is None:
            return of_phases((phase.seconds, bool(phase.faults)) for phase in self.timeline)
        return tuple(sorted(self.troubles, key=lambda trouble: trouble.begins))

    def without_faults(self) -> Scenario:
        """Its twin: the same world with nothing wrong in it."""
        phases = tuple(PhaseFile.model_construct(seconds=p.seconds) for p in self.timeline)
        return self.model_copy(update={"timeline": phases})

    def service(self) -> Service:
        """What the fake is to be."""
        server = self.server
        return Service(
            server.latency,
            server.capacity,
            server.limits,
            tuple((kind.share, kind.output_tokens) for kind in self.workload.kinds),
            tuple(phase.phase() for phase in self.timeline),
            server.billing,
            self.workload.spans,
            self.workload.recorded(),
        )

    def calls(self, seed: int) -> Traffic:
        """What the clients do, under one seed."""
        return self.workload.traffic(self.horizon, seed)
