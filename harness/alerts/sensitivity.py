"""Delay against false alarms: each rule made easier and harder to set off, in every run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..alerting import Curve, Point
from ..part import Estimate
from ..scoring.estimates import stated
from ..statistics.counted import rate
from .file import RuleFile
from .judging import Judged

TIMES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
"""As hard to set off as in its file."""
MONTH = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class Variant:
    """A rule made so many times as hard to set off."""

    place: int
    """Of the rule."""
    times: float
    file: RuleFile


def variants(files: Sequence[RuleFile], times: Sequence[float] = TIMES) -> list[Variant]:
    """All that make sense, in the order of the rules."""
    found = ((place, each, file.harder(each)) for place, file in enumerate(files) for each in times)
    return [Variant(place, each, harder) for place, each, harder in found if harder is not None]


@dataclass(frozen=True, slots=True)
class Worth:
    """What a variant made of every run: of each trouble the share of its time that went by, and the delay in seconds, a
    trouble that was not found, or mistaken for another's, counting as its length; and the alarms that were false."""

    variant: Variant
    scenarios: tuple[str, ...]
    """Of each trouble."""
    unnoticed: tuple[float, ...]
    delays: tuple[float, ...]
    right: tuple[float | None, ...]
    """1 where the alarm said whose it was, 0 where it did not, None where there was none."""
    false: int
    calm: float

    @property
    def rate(self) -> float:
        """False alarms in 30 days; infinite where the rule was never able to say anything on calm days."""
        return self.false * MONTH / self.calm if self.calm > 0.0 else math.inf

    @property
    def false_alarms(self) -> Estimate | None:
        """In 30 days without trouble."""
        return monthly(self.false, self.calm)


def monthly(count: int, calm: float) -> Estimate | None:
    """Of so many seconds; None without any."""
    return stated(rate(count, calm / MONTH)) if calm > 0.0 else None


def worth(variant: Variant, runs: Sequence[tuple[str, Judged]]) -> Worth:
    """`runs`: the name of a scenario, and what the variant made of one run of it."""
    found = [(name, each) for name, judged in runs for each in judged.found]
    return Worth(
        variant,
        tuple(name for name, _ in found),
        tuple(each.unnoticed for _, each in found),
        tuple(each.lost for _, each in found),
        tuple(None if each.is_right is None else float(each.is_right) for _, each in found),
        sum(judged.cried for _, judged in runs),
        sum(judged.calm for _, judged in runs),
    )


def by_scenario(scenarios: Sequence[str], values: Sequence[float | None]) -> dict[str, float]:
    """The mean over the troubles of each that have a value; without those that have none."""
    found: dict[str, list[float]] = {}
    for name, value in zip(scenarios, values, strict=True):
        if value is not None:
            found.setdefault(name, []).append(value)
    return {name: sum(each) / len(each) for name, each in found.items()}


def missed(scenarios: Sequence[str], unnoticed: Sequence[float]) -> float:
    """The share of the time of trouble before anybody was called, every scenario counting alike."""
    means = by_scenario(scenarios, unnoticed).values()
    return sum(means) / len(means) if means else 0.0


def curve(name: str, found: Sequence[Worth]) -> Curve:
    """Of one rule, from the easiest to set off to the hardest."""
    points = [
        Point(
            times=each.variant.times,
            false_alarms=false,
            delays=by_scenario(each.scenarios, each.delays),
            right=by_scenario(each.scenarios, each.right),
            unnoticed=missed(each.scenarios, each.unnoticed),
        )
        for each in found
        if (false := each.false_alarms) is not None
    ]
    return Curve(rule=name, points=points)
