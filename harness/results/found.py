"""What was found, over all seeds: of each client in each scenario, over all scenarios, and pair by pair."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

from ..part import Estimate, Figure, Part
from ..views import Course
from .numbers import Chance, Count
from .played import FaultCount


class MemberRow(Part):
    """One member of a fleet in one scenario, over all seeds: the calls of those clients that it is made of."""

    name: str
    clients: Annotated[Count, Field(description="how many of the scenario's clients")]
    metrics: dict[str, Estimate]
    gained: Annotated[
        Estimate | None,
        Field(description="goodput more than the same clients have where all are like them, if that was played, too"),
    ] = None


class Row(Part):
    """One client in one scenario, over all seeds. `rank` is by `par2`; who is not surely worse than the first is
    `is_best`. `latencies` are the quantiles of all calls by steps of half a percent, in seconds, as far as there are
    answers: 180 of them if a tenth of the calls has none."""

    scenario: str
    client: str
    rank: Count
    is_best: bool
    metrics: dict[str, Estimate]
    absent: dict[str, str]
    outcomes: dict[str, Count]
    timeouts: dict[str, Count]
    faults: dict[str, FaultCount]
    transitions: dict[str, Count]
    course: Course | None = None
    latencies: list[FiniteFloat] = Field(default_factory=list)
    members: list[MemberRow] = Field(default_factory=list, description="of a fleet, in the order of its file")


class Standing(Part):
    """One client over all scenarios. `score` is the weighted mean of `par2`, the penalized wait as a share of the
    deadline: smaller is better. `behind`: by how much it is more than the first's, paired by seed."""

    client: str
    rank: Count
    score: Estimate
    behind: Estimate
    wait: Annotated[Estimate, Field(description="the weighted mean of `rmst_share`: the same without the penalty")]
    goodput: Estimate
    goodput_behind: Estimate
    cost: Annotated[Estimate, Field(description="dollars per good call, the weighted mean")]
    is_on_front: Annotated[bool, Field(description="whether nobody has as much goodput for less, or more for as much")]
    probability_of_best: Annotated[
        Chance | None, Field(description="over all scenarios; null with fewer than three seeds")
    ]
    is_tied_with_best: bool
    runs_needed: Annotated[
        Count | None, Field(description="seeds that would tell a difference as large as this one; null: none would")
    ]


class Pair(Part):
    """Two clients: how much more of `par2`, the penalized wait as a share of the deadline, `worse` has. `p` is exact
    for the pair alone, `p_holm` with all pairs counted; a tie is what chance may explain."""

    better: str
    worse: str
    difference: Estimate
    p: Chance
    p_holm: Chance
    is_tied: bool
    runs_needed: Count | None


class Verdict(Part):
    """An objective of a scenario, for one client. `is_met` is null where the metric has no meaning for it."""

    scenario: str
    client: str
    objective: str
    metric: str
    value: Figure | None
    low: Figure | None = None
    high: Figure | None = None
    margin: Annotated[Figure | None, Field(description="how far on the right side; negative when missed")] = None
    is_met: bool | None
    is_sure: Annotated[bool, Field(description="whether the whole interval says the same")] = False
    why: str = ""


class Layer(Part):
    """What one layer is worth: the client with it against the client without it, paired by seed."""

    client: str
    left_out: str
    scenario: Annotated[str, Field(description='"" for all of them together')]
    goodput: Annotated[Estimate, Field(description="points of goodput gained by the layer")]
    score: Annotated[Estimate, Field(description="`par2` saved by the layer")]
    amplification: Annotated[Estimate, Field(description="requests per call sent more because of it")]
