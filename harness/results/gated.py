"""What a gate makes of a run, and of one held against a baseline."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..part import Estimate, Figure, Part
from .numbers import Chance, Count, Seed


class Gate(Part):
    """Whether a client may be relied on: no other is surely better."""

    client: str
    is_met: bool
    why: str
    smallest_difference: Annotated[
        Figure | None, Field(description="in score, that so many seeds find in 80% of cases; null: none at all")
    ]


Reason = Literal["sure", "chance", "few", "blind", "same", "never", "allowed"]


class Change(Part):
    """What a rule of a gate makes of one client in one scenario, held against a baseline. `change` is positive where
    it is worse: a share of the baseline if its `unit` is `%`, a share of one for `points`, else in the metric's unit.
    `unsure`: worse by more than the rule allows, but chance may explain it."""

    scenario: str
    client: str
    rule: Annotated[str, Field(description="as it was written")]
    metric: str
    baseline: Estimate
    now: Estimate
    change: Figure
    unit: Literal["%", "points", "s", "x", "$", "count"]
    low: Annotated[Figure | None, Field(description="of its 95% interval; null where a run has an infinite figure")]
    high: Figure | None
    p_holm: Annotated[Chance, Field(description="of being worse by chance, all comparisons of the gate counted")]
    smallest: Annotated[
        Figure | None, Field(description="the change that so many runs find in 80% of cases; null: not known, or none")
    ]
    runs_needed: Annotated[Count | None, Field(description="runs of each that would tell; null: no number is known")]
    outcome: Literal["held", "worse", "unsure"]
    reason: Annotated[
        Reason,
        Field(
            description="`allowed`: it is sure, or may be chance, and no more than the rule allows. `same` in every "
            "run. `never`: infinite before and now. `blind`: held, as so few runs see nothing at all; `few`: worse by "
            "more than is allowed, of which so few runs say nothing. `chance`: worse, which may be chance. `sure`"
        ),
    ]
    why: str


class Baseline(Part):
    """The run that changes are measured from. `is_paired`: runs of the same seeds are compared one by one."""

    path: Annotated[str, Field(description="as it was given")]
    created: str
    seeds: Annotated[list[Seed], Field(min_length=1)]
    is_paired: bool
    shared: Annotated[
        Count | None,
        Field(description="seeds that both runs have, where they are not all: figures are means over them"),
    ] = None
