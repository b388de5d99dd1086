"""What reports draw: an incident's phases, a client's way through them, how long its calls took, and one call in full.

These are aggregates: a drawing of every call would be slower to open than the run was.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from .part import Part

Share = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]
Series = list[Annotated[FiniteFloat, Field(ge=0.0)]]


class Stretch(Part):
    """A phase of the incident, in seconds from its start, and what was wrong in it."""

    begins: FiniteFloat
    ends: FiniteFloat
    faults: Annotated[list[str], Field(description="`rate_limit 90%`")]


class Course(Part):
    """One client in one scenario through time, all seeds together. Its bins end where phases do; of each list there is
    an item a bin."""

    edges: Annotated[
        Series, Field(min_length=2, description="of the bins, in seconds: one more than there are bins, each greater")
    ]
    arrivals: Annotated[Series, Field(description="calls a second that were meant to be sent, in a run")]
    goodput: Annotated[
        list[Share | None],
        Field(description="the share of those that were answered in time; null where there were none"),
    ]
    twin_arrivals: Annotated[
        Series, Field(description="calls a second of the runs without faults; empty if there was no twin")
    ]
    twin: Annotated[list[Share | None], Field(description="the share of those that were answered in time")]
    attempts: Annotated[Series, Field(description="requests a second, in a run")]
    in_flight: Annotated[Series, Field(description="requests under way at a time, in a run")]
    open: Annotated[
        list[Share], Field(description="the share of clients with a breaker that is open; empty if none ever is")
    ]

    @model_validator(mode="after")
    def _of_one_length(self) -> Course:
        bins = len(self.edges) - 1
        if any(not a < b for a, b in pairwise(self.edges)):
            raise ValueError("edges: expected each to be greater than the one before")
        for name in ("arrivals", "goodput", "attempts", "in_flight"):
            if len(getattr(self, name)) != bins:
                raise ValueError(f"{name}: expected one item a bin, {bins} of them")
        for name in ("twin_arrivals", "twin", "open"):
            if len(getattr(self, name)) not in (0, bins):
                raise ValueError(f"{name}: expected one item a bin, {bins} of them, or none")
        return self


class Try(Part):
    """One request of a call, in seconds from the moment the call was meant to be sent."""

    begins: FiniteFloat
    ends: FiniteFloat
    branch: Annotated[int, Field(description="0, or the number of the hedge")]
    outcome: str
    fault: Annotated[str, Field(description="the fault that it met at the service, empty for none")]
    early: Annotated[FiniteFloat, Field(description="seconds by which it came before retry-after allowed; 0 if not")]
    first_text: FiniteFloat | None


class Waterfall(Part):
    """One call of one scenario under one seed, as it went with one client."""

    scenario: str
    client: str
    seed: int
    call: Annotated[str, Field(description="as --explain takes it: `12.3` is call 3 of client 12")]
    deadline: FiniteFloat
    ends: Annotated[FiniteFloat, Field(description="when its caller had an answer or an error, or the run was over")]
    outcome: str
    is_good: bool
    tries: list[Try]
