"""Who is best, by how much and how sure: every two clients compared by seed, all comparisons counted together.

Clients are ranked by the penalized mean of their latency as a share of the deadline: the restricted mean, in which a
failure counts its whole deadline, and once more the deadline for each call that failed or came late (PAR2, as solvers
are ranked in the SAT competitions). It is finite whatever fails. The restricted mean alone would rank a client that
fails half of its calls at once, and answers the others at once, above one that answers all of them late in their
deadlines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..results import Pair, Standing
from ..statistics import Interval
from ..statistics.bootstrap import bca
from ..statistics.holm import holm
from ..statistics.randomization import sign_flip
from ..statistics.ranking import probability_of_best, runs_needed
from .estimates import estimate, paired, stated
from .figures import Figures

SCORE = "par2"
"""The metric of the ranking; smaller is better."""
LEVEL = 0.05
"""Of one false alarm among all comparisons of a family."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two clients by seed. `difference` is what `worse` has more of the metric, by which smaller is better."""

    better: str
    worse: str
    difference: Interval
    p: float
    p_holm: float
    runs_needed: int | None

    @property
    def is_tied(self) -> bool:
        """Whether chance may explain it."""
        return not (self.difference.excludes_zero and self.p_holm <= LEVEL)


def compared(values: Mapping[str, Sequence[float]]) -> list[Compared]:
    """Every two clients, given a figure a seed of each, the same seeds for all; smaller is better."""
    differences = {}
    for one, other in combinations(values, 2):
        found = [b - a for a, b in zip(values[one], values[other], strict=True)]
        is_ordered = math.fsum(found) >= 0.0
        differences[(one, other) if is_ordered else (other, one)] = found if is_ordered else [-each for each in found]
    alone = {pair: sign_flip(found) for pair, found in differences.items()}
    together = holm(alone)
    return [
        Compared(*pair, bca(found), alone[pair], together[pair], _needed(found, len(values)))
        for pair, found in differences.items()
    ]


def _needed(differences: Sequence[float], clients: int) -> int | None:
    """Runs that find such a difference with all pairs counted: never fewer than can tell any two clients apart."""
    found = runs_needed(differences, level_of_each(clients))
    return None if found is None else max(found, seeds_to_tell(clients))


def ranks(found: Sequence[Compared], clients: Mapping[str, object]) -> dict[str, int]:
    """1 and one more for each client that is surely better."""
    return {client: 1 + sum(each.worse == client and not each.is_tied for each in found) for client in clients}


def seeds_to_tell(clients: int) -> int:
    """The fewest seeds with which any two of so many clients can be told apart at all: fewer differences of one sign
    come too often by chance."""
    seeds = 1
    while 2.0 ** (1 - seeds) * _pairs(clients) > LEVEL:
        seeds += 1
    return seeds


def level_of_each(clients: int) -> float:
    """What the interval of one comparison has to hold so that all of them together keep the level (Bonferroni, the
    first step of Holm's)."""
    return 1.0 - LEVEL / _pairs(clients)


def _pairs(clients: int) -> int:
    return max(1, clients * (clients - 1) // 2)


def pairs(figures: Figures) -> list[Pair]:
    """Every two clients over all scenarios."""
    return [
        Pair(
            better=each.better,
            worse=each.worse,
            difference=stated(each.difference),
            p=each.p,
            p_holm=each.p_holm,
            is_tied=each.is_tied,
            runs_needed=each.runs_needed,
        )
        for each in compared(_scores(figures))
    ]


def standings(figures: Figures) -> list[Standing]:
    """Clients by their score over all scenarios, the best first, each paired with the best by seed."""
    scores = _scores(figures)
    found = compared(scores)
    places = ranks(found, scores)
    can_tell = figures.runs >= seeds_to_tell(len(scores))  # else a chance would contradict the ranks, all of them 1
    chances = probability_of_best(scores) if can_tell else {}
    ranked = sorted(scores, key=lambda client: (math.fsum(scores[client]), figures.clients.index(client)))
    best = ranked[0]
    goodput = {client: figures.weighted(client, "goodput") for client in ranked}
    costs = {client: estimate(figures.weighted(client, "cost_per_good_call")) for client in ranked}
    fares = {client: (math.fsum(goodput[client]), -costs[client].value) for client in ranked}
    with_best = {each.worse if each.better == best else each.better: each for each in found if best in _both(each)}
    return [
        Standing(
            client=client,
            rank=places[client],
            score=stated(bca(scores[client])),
            wait=estimate(figures.weighted(client, "rmst_share"), most=1.0),
            behind=paired(scores[client], scores[best]),
            goodput=estimate(goodput[client], most=1.0),
            goodput_behind=paired(goodput[best], goodput[client]),
            cost=costs[client],
            is_on_front=not any(_beats(other, fares[client]) for other in fares.values()),
            probability_of_best=chances.get(client),
            is_tied_with_best=client == best or with_best[client].is_tied,
            runs_needed=None if client == best else with_best[client].runs_needed,
        )
        for client in ranked
    ]


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether it is nowhere less, and somewhere more (Pareto)."""
    return one != other and all(a >= b for a, b in zip(one, other, strict=True))


def _both(each: Compared) -> tuple[str, str]:
    return each.better, each.worse


def _scores(figures: Figures) -> dict[str, list[float]]:
    return {client: figures.weighted(client, SCORE) for client in figures.clients}
