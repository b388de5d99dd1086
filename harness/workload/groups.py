"""The workload of a scenario file, of several groups of clients."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from brownout.fakes.mix import Group, kind_of
from brownout.fakes.recorded import Recorded

from .calls import Calls
from .drawn import Traffic
from .file import WorkloadFile
from .together import Together


class Groups(BaseModel):
    """Several groups of clients, each with arrivals and calls of its own: people and batch jobs, say, or the
    load of others beside one's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    groups: Annotated[tuple[WorkloadFile, ...], Field(min_length=1, max_length=100)]

    @property
    def clients(self) -> int:
        """Of all groups, who are numbered one group after the other."""
        return sum(group.clients for group in self.groups)

    @property
    def limit(self) -> int | None:
        """Calls of any client at the most."""
        limits = [group.limit for group in self.groups]
        return None if None in limits else max(limit for limit in limits if limit is not None)

    @property
    def kinds(self) -> tuple[Calls, ...]:
        """Those of all groups, one group after the other, with their shares of all clients."""
        return tuple(
            kind.model_copy(update={"share": kind.share * group.clients / self.clients})
            for group in self.groups
            for kind in group.kinds
        )

    @property
    def spans(self) -> tuple[Group, ...]:
        """How many clients and kinds of call each group has."""
        return tuple(group.span for group in self.groups)

    @property
    def is_open(self) -> bool:
        """Of all groups."""
        return all(group.is_open for group in self.groups)

    def mean_rate(self, horizon: float) -> float | None:
        """Calls a second of all clients together; None where the answers decide."""
        rates = [group.mean_rate(horizon) for group in self.groups]
        return None if None in rates else sum(rate for rate in rates if rate is not None)

    def kind_of(self, seed: int) -> Callable[[int], int]:
        """The label of a call -> the index of its kind, under one seed."""
        return kind_of([kind.share for kind in self.kinds], self.spans, seed)

    def recorded(self) -> tuple[Recorded, ...]:
        """How long answers are, where somebody has recorded it."""
        return tuple(found for group, at in self._numbered() for found in group.recorded(at))

    def traffic(self, horizon: float, seed: int) -> Traffic:
        """The calls of all groups under one seed."""
        return Together([group.traffic(horizon, seed, at) for group, at in self._numbered()])

    def busier(self, times: float) -> Self:
        """With so many times the calls in each group. Raises `ValueError` where that is up to the clients of one."""
        return self.model_copy(update={"groups": tuple(group.busier(times) for group in self.groups)})

    def sampled(self, share: float) -> Self:
        """A share of the clients of each group."""
        return self.model_copy(update={"groups": tuple(group.sampled(share) for group in self.groups)})

    def _numbered(self) -> list[tuple[WorkloadFile, int]]:
        """Each group, and the number of its first client."""
        upto = accumulate((group.clients for group in self.groups), initial=0)
        return list(zip(self.groups, upto, strict=False))


def _form(given: Any) -> str:
    is_several = isinstance(given, Groups) or (isinstance(given, dict) and "groups" in given)
    return "several" if is_several else "alike"


AnyWorkload = Annotated[
    Annotated[WorkloadFile, Tag("alike")] | Annotated[Groups, Tag("several")],
    Discriminator(_form),
]
