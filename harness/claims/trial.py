"""Puts a claim to the test: plays every client through every scenario, and sees which verdict the figures make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from ..cells import Job
from ..metrics import Absent, metric
from ..part import Estimate
from ..program import Contestant, program
from ..results import Backend
from ..scoring.estimates import estimate
from ..scoring.rows import most
from .claim import Claim, Verdict
from .facts import Fact, Side


@dataclass(frozen=True)
class Tried:
    """A claim that has been played. `figures`: of each side, one a seed; None where the metric has no meaning."""

    claim: Claim
    figures: dict[Side, tuple[float | None, ...]]

    @property
    def verdict(self) -> Verdict | None:
        """None where the figures make none of those that the file knows."""
        for verdict, facts in self.claim.facts().items():
            if all(self.is_true(fact) for fact in facts):
                return verdict
        return None

    @property
    def is_as_stated(self) -> bool:
        return self.verdict == self.claim.verdict

    def is_true(self, fact: Fact) -> bool | None:
        return fact.is_true(self._values)

    def estimate(self, side: Side) -> Estimate | None:
        """The mean with its interval; None where the metric has no meaning in a run."""
        values = [value for value in self.figures[side] if value is not None]
        return estimate(values, most(side.metric)) if len(values) == len(self.figures[side]) else None

    def _values(self, side: Side) -> Sequence[float]:
        scenario = side.scenario or self.claim.scenarios[0].name
        values = [value for value in self.figures[side._replace(scenario=scenario)] if value is not None]
        if len(values) < self.claim.seeds:
            raise ValueError(f"{self.claim.name}: {side.metric} of {side.client} has no meaning in {scenario}")
        return values


def trial(claim: Claim) -> Tried:
    """Play it: in the simulator, or in virtual time where there is code."""
    figures: dict[Side, list[float | None]] = {}
    names = dict.fromkeys((*claim.shows, *(side.metric for side in claim.sides())))
    players = list(_players(claim))
    for scenario, (client, backend) in product(claim.scenarios, players):
        for seed in range(1, claim.seeds + 1):
            seen = Job(scenario, client, seed, backend, 1.0).observe()
            for name in names:
                value = metric(name).of(seen)
                side = Side(name, client.name, scenario.name)
                figures.setdefault(side, []).append(None if isinstance(value, Absent) else value)
    return Tried(claim, {side: tuple(values) for side, values in figures.items()})


def _players(claim: Claim) -> Iterator[tuple[Contestant, Backend]]:
    for client in claim.clients:
        yield client, "sim"
    for each in claim.programs:
        yield program(f"{each.name}={each.origin}"), "virtual"
