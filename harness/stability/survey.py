"""The survey of one client in one scenario: where it turns in each world, and what becomes of it all over the plane."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..fleet import Configuration
from ..scenario import Scenario
from ..scoring.estimates import stated
from ..stable import Diagram, Stability
from ..statistics.bootstrap import bca
from .varied import busier, longer
from .world import Fate, fate, turning_point

LOADS = (0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6)
TROUBLE = (0.25, 0.5, 1.0, 2.0)
"""Times the length of the scenario's own."""
STEPS = 6
"""Halvings of the range of loads: to a sixtieth of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a diagram: what is played under each load."""

    name: str
    scenario: Scenario
    client: Configuration


def by_trouble(scenario: Scenario, client: Configuration) -> list[Row]:
    """Longer and shorter than it is."""
    return [Row(f"{times:g}x", longer(scenario, times), client) for times in TROUBLE]


@dataclass(frozen=True)
class Survey:
    """What is to be played. `map` is that of an executor, or the builtin: results come in order."""

    seeds: Sequence[int]
    loads: Sequence[float] = LOADS
    map: Callable[..., Iterable[Any]] = map

    def diagram(self, by: str, rows: Sequence[Row]) -> Diagram:
        """Every row under every load in every world."""
        places = [(busier(row.scenario, load), row.client) for row in rows for load in self.loads]
        jobs = [(scenario, client, seed) for scenario, client in places for seed in self.seeds]
        fates = list(self.map(fate, *zip(*jobs, strict=True)))
        worlds = len(self.seeds)

        def shares(of: Fate) -> list[list[float]]:
            counts = [fates[i * worlds : (i + 1) * worlds].count(of) / worlds for i in range(len(places))]
            width = len(self.loads)
            return [counts[i * width : (i + 1) * width] for i in range(len(rows))]

        return Diagram(
            by=by,
            rows=[row.name for row in rows],
            loads=list(self.loads),
            back=shares(Fate.BACK),
            down=shares(Fate.DOWN),
        )

    def stability(self, scenario: Scenario, client: Configuration, diagrams: Sequence[Diagram]) -> Stability:
        """With the load at which it turns, world by world."""
        low, high = min(self.loads), max(self.loads)
        turns = list(self.map(partial(turns_at, scenario, client, low, high), self.seeds))
        return Stability(
            scenario=scenario.name,
            client=client.name,
            worlds=len(self.seeds),
            turns_at=stated(bca([0.5 * (below + above) for below, above in turns])),
            safe=min(below for below, _ in turns),
            highest=high,
            diagrams=list(diagrams),
        )


def turns_at(scenario: Scenario, client: Configuration, low: float, high: float, seed: int) -> tuple[float, float]:
    """In one world."""
    return turning_point(lambda load: fate(busier(scenario, load), client, seed), low, high, STEPS)
