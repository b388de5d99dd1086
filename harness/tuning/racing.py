"""Few seeds for the many, many for the few: who is left after so many runs under the same seeds. Pure functions.

Candidates meet the same seeds (common random numbers), so that what they are held to is the difference to the best one,
seed by seed, whose spread is a fraction of that of the losses themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeVar

from ..statistics import t_point

Key = TypeVar("Key")
FIRST = 2
"""Seeds that everybody gets: one has no spread."""
LEVEL = 0.90
"""To leave the race one has to be worse at this level: with many candidates the best would else be lost by chance."""
KEPT = 0.5
"""At most so many of a rung go on, the best of them."""


def rungs(most: int) -> list[int]:
    """How many seeds there are after each rung: 2, 4, 8, ... and the most in the end."""
    found = [FIRST]
    while found[-1] * 2 < most:
        found.append(found[-1] * 2)
    return [*found, most] if most > FIRST else [most]


def mean(values: Sequence[float]) -> float:
    """Exact whatever the order."""
    return math.fsum(values) / len(values)


def best(losses: Mapping[Key, Sequence[float]]) -> Key:
    """The smallest mean; of equals, the first."""
    return min(losses, key=lambda key: mean(losses[key]))


def is_worse(losses: Sequence[float], than: Sequence[float]) -> bool:
    """Whether the one is surely worse, by its differences under the same seeds."""
    differences = [one - other for one, other in zip(losses, than, strict=True)]
    middle = mean(differences)
    if len(differences) < 2:
        return False
    spread = math.sqrt(math.fsum((each - middle) ** 2 for each in differences) / (len(differences) - 1))
    return middle > t_point(len(differences) - 1, LEVEL) * spread / math.sqrt(len(differences))


def survivors(losses: Mapping[Key, Sequence[float]]) -> list[Key]:
    """Who goes on to more seeds, the best first."""
    leader = best(losses)
    left = [key for key in losses if key == leader or not is_worse(losses[key], losses[leader])]
    left.sort(key=lambda key: mean(losses[key]))
    return left[: max(1, math.ceil(KEPT * len(losses)))]
