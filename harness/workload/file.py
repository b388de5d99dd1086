"""The workload of a scenario file, of clients that are alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from brownout.fakes.mix import Group, kind_of
from brownout.fakes.recorded import Recorded

from ..files import by_kind
from .arrivals import ARRIVALS, Arrivals
from .calls import Calls
from .drawn import Traffic, Workload

AnyArrivals = Annotated[Arrivals, by_kind(ARRIVALS, "kind of arrivals")]


class WorkloadFile(BaseModel):
    """Who calls when, asking for what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clients: Annotated[
        int, Field(gt=0, le=1_000_000, description="each with its own SDK client, connections and breaker")
    ] = 10
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
        given = self.calls if isinstance(self.calls, tuple) else (self.calls,)
        return tuple(map(self.arrivals.described, given))

    @property
    def steps(self) -> int:
        """Of its longest chain; 1 if there is none."""
        return max(kind.chain for kind in self.kinds)

    @property
    def span(self) -> Group:
        """How many clients and kinds of call it has, in chains of how many steps."""
        return Group(self.clients, len(self.kinds), self.steps)

    @property
    def spans(self) -> tuple[Group, ...]:
        """The groups that a service has to tell apart: none, where all clients are alike and no call is a chain."""
        return (self.span,) if self.steps > 1 else ()

    @property
    def is_open(self) -> bool:
        """Whether calls come no matter what became of those before."""
        return self.arrivals.is_open

    def mean_rate(self, horizon: float) -> float | None:
        """Calls a second of all clients together; None where the answers decide."""
        return self.arrivals.mean_rate(self.clients, horizon)

    def kind_of(self, seed: int) -> Callable[[int], int]:
        """The label of a call -> the index of its kind, under one seed."""
        return kind_of([kind.share for kind in self.kinds], self.spans, seed)

    def recorded(self, number_one: int = 0) -> tuple[Recorded, ...]:
        """How long answers are, where somebody has recorded it; for clients numbered from there on."""
        found = self.arrivals.recorded(self.clients, number_one)
        return () if found is None else (replace(found, steps=self.steps),)

    def traffic(self, horizon: float, seed: int, number_one: int = 0) -> Traffic:
        """Its calls under one seed, of clients numbered from there on."""
        return Workload(self.arrivals, self.kinds, self.clients, horizon, seed, self.limit, number_one)

    def busier(self, times: float) -> Self:
        """With so many times the calls, of the same clients. Raises `ValueError` where that is up to the clients."""
        arrivals = self.arrivals.sampled(times)
        if arrivals is self.arrivals:
            kind = type(arrivals).model_fields["kind"].default
            raise ValueError(f"the load of {kind} arrivals is up to the clients")
        return self.model_copy(update={"arrivals": arrivals})

    def sampled(self, share: float) -> Self:
        """A share of the clients with the same behaviour each: as many as come closest, and one at the least."""
        clients = max(1, round(self.clients * share))
        arrivals = self.arrivals.sampled(clients / self.clients)
        return self.model_copy(update={"clients": clients, "arrivals": arrivals})
