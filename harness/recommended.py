"""What tuning recommends, and why, as `run.json` has it beside the comparison of what was found with what there was."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from .part import Estimate, Part

Count = Annotated[int, Field(ge=0, le=2**53)]
Values = Annotated[dict[str, str], Field(description="`timeouts.read` -> the value as a client file has it")]
Metrics = Annotated[
    dict[str, Estimate], Field(description="the weighted mean over scenarios; what has no meaning is not there")
]


class Step(Part):
    """One value of a curve, all others being at their best."""

    value: str
    position: Annotated[
        float, Field(ge=0.0, le=1.0, description="how far along the range, as factors count if they do")
    ]
    loss: Estimate
    metrics: Metrics
    is_worse: Annotated[bool, Field(description="surely, at 90%, under the same seeds, and by a hundredth of the loss")]
    is_best: bool


class Curve(Part):
    """What one value does. Nothing speaks against those from `low` to `high`, which hold the best."""

    name: str
    is_ordered: Annotated[bool, Field(description="false for choices, which have no neighbours")]
    low: str
    high: str
    was: Annotated[
        str | None, Field(description="what it is now, else in the client compared with; null where out of the range")
    ] = None
    steps: Annotated[list[Step], Field(min_length=1)]

    @model_validator(mode="after")
    def _holds_the_best(self) -> Curve:
        values = [step.value for step in self.steps]
        if sum(step.is_best for step in self.steps) != 1:
            raise ValueError("steps: expected one that is the best")
        if self.low not in values or self.high not in values:
            raise ValueError("low, high: expected values of its steps")
        return self

    @property
    def best(self) -> Step:
        """That of the value that is recommended."""
        return next(step for step in self.steps if step.is_best)

    @property
    def is_level(self) -> bool:
        """Whether every value comes to exactly the same, in all that was measured."""
        first, *others = self.steps
        return bool(others) and all((each.loss, each.metrics) == (first.loss, first.metrics) for each in others)


class Candidate(Part):
    """One that no other beats in both goodput and cost."""

    values: Values
    metrics: Metrics
    is_best: Annotated[bool, Field(description="whether it is the one that is recommended")]

    @model_validator(mode="after")
    def _has_a_price(self) -> Candidate:
        if not {"goodput", "cost_per_good_call"} <= self.metrics.keys():
            raise ValueError("metrics: expected goodput and cost_per_good_call")
        return self


class Verified(Part):
    """The loss of a finalist under one seed: of the simulator, and of the real SDK in virtual time."""

    values: Values
    seed: int
    simulated: float
    played: float

    @property
    def agrees(self) -> bool:
        """To what nobody would call a difference."""
        return abs(self.simulated - self.played) <= 1e-3 * max(abs(self.simulated), abs(self.played))


class Tuning(Part):
    """A search over values that a client file leaves open. Losses are in the unit of the goal's metric, turned round
    where more of it is better, and larger by what a limit is missed by. Of one that was interrupted there is no more
    than the best so far."""

    client: Annotated[str, Field(description="the name of what was found, in the comparison")]
    instead_of: Annotated[str, Field(description="the name of what it is compared with, in the comparison")] = ""
    goal: Annotated[str, Field(description="the metric")]
    limits: list[str]
    seed: Annotated[int, Field(description="of the search")]
    values: Values
    loss: Estimate
    metrics: Metrics
    gain: Annotated[
        Estimate | None, Field(description="how much less the loss is than that of `instead_of`, paired by seed")
    ] = None
    is_sure: Annotated[bool, Field(description="whether chance cannot explain `gain`, as in the verdict")] = False
    gains: Annotated[
        dict[str, Estimate],
        Field(description="metric -> how much better, in its unit; paired by seed; what is infinite is not there"),
    ] = Field(default_factory=dict)
    sure_gains: Annotated[list[str], Field(description="those of `gains` that chance cannot explain")] = Field(
        default_factory=list
    )
    curves: list[Curve] = Field(default_factory=list)
    front: list[Candidate] = Field(default_factory=list)
    candidates: Annotated[Count, Field(description="that were tried")]
    calls: Annotated[Count, Field(description="that were simulated")]
    verified: list[Verified] = Field(default_factory=list)
    is_whole: Annotated[bool, Field(description="whether the search came to its end")]
