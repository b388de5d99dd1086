"""A gate on one client: it holds unless another is surely better. It says how small a difference it would have seen."""

from __future__ import annotations

import math
from statistics import stdev

from ..results import Gate, Pair
from ..statistics import t_point
from .figures import Figures
from .standings import SCORE, level_of_each, seeds_to_tell

_POWER = 0.85
"""Of Student's test: the bootstrap's interval is never narrower, which leaves about 80% of cases."""


def gate(figures: Figures, pairs: list[Pair], client: str) -> Gate:
    """The gate of `client` among those that were compared."""
    better = [pair for pair in pairs if pair.worse == client and not pair.is_tied]
    others = [_detectable(figures, client, other) for other in figures.clients if other != client]
    smallest = max((found for found in others if found is not None), default=None)
    if better:
        worst = max(better, key=lambda pair: pair.difference.value)
        why = (
            f"{worst.better} is surely better, by {worst.difference.value * 100:.1f} points of penalized wait "
            f"(95% interval {(worst.difference.low or 0.0) * 100:.1f} to "
            f"{(worst.difference.high or 0.0) * 100:.1f})"
        )
    elif smallest is None:
        least = seeds_to_tell(len(figures.clients))
        why = f"nothing could have been seen: {len(figures.clients)} clients need at least {least} seeds"
    else:
        why = f"no client is surely better; a difference of {smallest * 100:.1f} points would have been seen"
    return Gate(client=client, is_met=not better, why=why, smallest_difference=smallest)


def _detectable(figures: Figures, client: str, other: str) -> float | None:
    """The difference in score, as a share of the deadline, that so many runs find in 80% of cases, all pairs counted;
    None for fewer runs than can tell any two clients apart."""
    pairs = zip(figures.weighted(client, SCORE), figures.weighted(other, SCORE), strict=True)
    differences = [one - two for one, two in pairs]
    if len(differences) < seeds_to_tell(len(figures.clients)):
        return None
    point = t_point(len(differences) - 1, level_of_each(len(figures.clients)))
    return (point + t_point(len(differences) - 1, 2 * _POWER - 1)) * stdev(differences) / math.sqrt(len(differences))
