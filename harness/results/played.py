"""What was played: scenarios and clients as they were run, and each of the runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from ..part import Figure, Part
from ..views import Stretch
from .numbers import Count, Positive, Seed


class FaultCount(Part):
    """How often a fault was meant for a request, and how often it took effect."""

    planned: Count
    fired: Count


class Cell(Part):
    """One run: one client in one scenario under one seed."""

    key: Annotated[str, Field(description="of its calls and attempts in the file of cells")]
    scenario: str
    client: str
    seed: Seed
    calls: Count
    attempts: Count
    kept: Annotated[
        Count | None, Field(description="calls of which the records are kept, with `--lean`; null: of all")
    ] = None
    metrics: dict[str, Figure]
    absent: Annotated[dict[str, str], Field(description="metrics that have no meaning in this run, and why")]
    outcomes: dict[str, Count]
    timeouts: dict[str, Count]
    faults: dict[str, FaultCount]
    transitions: Annotated[dict[str, Count], Field(description="of breakers: `closed to open`, and how often")]
    lateness: FiniteFloat


class Subject(Part):
    """A scenario or a client as it was run."""

    name: str
    about: str
    sha256: Annotated[str, Field(description="of everything it says once it is resolved; comments do not count")]
    reproduce: Annotated[
        str, Field(description="what to write after -s or -c to name it again; empty for what was made in Python")
    ]


class PlayedScenario(Subject):
    """Seconds count from its start; what is still going on at its end is censored."""

    clients: Annotated[Count, Field(description="each with connections and breakers of its own")]
    horizon: Annotated[Positive, Field(description="seconds in which calls begin")]
    end: FiniteFloat
    deadlines: Annotated[
        list[Positive], Field(min_length=1, description="of its kinds of calls, from the moment one is meant")
    ]
    phases: list[Stretch]

    @model_validator(mode="after")
    def _ends_last(self) -> PlayedScenario:
        if self.end < self.horizon:
            raise ValueError("end: expected no less than the horizon")
        return self


class PlayedMember(Part):
    """A configuration of a fleet, and the share of the clients that have it."""

    name: str
    sha256: Annotated[str, Field(description="as of a client")]
    share: Annotated[FiniteFloat, Field(gt=0.0, le=1.0)]


class PlayedClient(Subject):
    """`limits`, in seconds, are those that a file sets; what code does is not known, nor one limit of a fleet."""

    limits: dict[str, FiniteFloat] = Field(default_factory=dict)
    is_command: bool = False
    ablates: Annotated[str, Field(description="of a client made by --ablate: the client it is made from")] = ""
    left_out: str = ""
    members: list[PlayedMember] = Field(default_factory=list, description="of a fleet; none of a single client")
