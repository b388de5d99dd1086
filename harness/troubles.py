"""What was wrong in a scenario, from when to when, and through whose doing: the truth that alerts are held to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brownout.fakes.units import Duration

Cause = Literal["service", "prompts"]
"""Who would have to do something: the service, or whoever writes the prompts."""


class Trouble(BaseModel):
    """A stretch of time that somebody should have been called for. Seconds of the scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begins: Annotated[Duration, Field(alias="from")]
    ends: Annotated[Duration, Field(alias="to")]
    cause: Annotated[Cause, Field(description="whose it is: the service's, or one's own prompts'")] = "service"

    @model_validator(mode="after")
    def _ordered(self) -> Trouble:
        if self.ends <= self.begins:
            raise ValueError("to must come after from")
        return self

    @property
    def seconds(self) -> float:
        return self.ends - self.begins


def of_phases(phases: Iterable[tuple[float, bool]]) -> tuple[Trouble, ...]:
    """Of a timeline that says nothing else: each stretch of phases with faults, given as seconds and whether there are
    any."""
    found: list[Trouble] = []
    at, begins = 0.0, None
    for seconds, is_wrong in phases:
        if is_wrong and begins is None:
            begins = at
        if not is_wrong and begins is not None:
            found.append(Trouble.model_construct(begins=begins, ends=at, cause="service"))
            begins = None
        at += seconds
    if begins is not None:
        found.append(Trouble.model_construct(begins=begins, ends=at, cause="service"))
    return tuple(found)
