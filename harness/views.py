"""What reports draw: an incident's phases, a client's way through them, how long its calls took, and one call in full.

These are aggregates: a drawing of every call would be slower to open than the run was.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

from .part import Part

Series = list[FiniteFloat]


class Stretch(Part):
    """A phase of the incident, in seconds from its start, and what was wrong in it."""

    begins: FiniteFloat
    ends: FiniteFloat
    faults: Annotated[list[str], Field(description="`rate_limit 90%`")]


class Course(Part):
    """One client in one scenario through time. Every list has one item a bin of `width` seconds; all seeds together."""

    width: FiniteFloat
    arrivals: Annotated[Series, Field(description="calls a second that were meant to be sent, in a run")]
    goodput: Annotated[
        list[FiniteFloat | None],
        Field(description="the share of those that were answered in time; null where there were none"),
    ]
    twin: Annotated[
        list[FiniteFloat | None], Field(description="the same of the runs without faults; empty if there was no twin")
    ]
    attempts: Annotated[Series, Field(description="requests a second, in a run")]
    in_flight: Annotated[Series, Field(description="requests under way at a time, in a run")]
    open: Annotated[Series, Field(description="the share of clients whose breaker is open; empty if none ever is")]


class Try(Part):
    """One request of a call, in seconds from the moment the call was meant to be sent."""

    begins: FiniteFloat
    ends: FiniteFloat
    branch: Annotated[int, Field(description="0, or the number of the hedge")]
    outcome: str
    fault: Annotated[str, Field(description="the fault that it met, empty for none")]
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
