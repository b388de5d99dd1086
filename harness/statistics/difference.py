"""By how much the later of two groups of runs has more of a figure than the earlier one, and how sure that is.

Runs under the same seeds met the same world and are compared one by one; else the groups are compared as they are.
Where a figure is infinite in some run (a quantile of calls of which too few were answered) only its rank counts: such
a difference is tested as any other, and has no interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev, variance

import numpy as np

from .beyond import FEW, of_signs
from .bootstrap import bca
from .permutation import least_p, permutation
from .randomization import EXACT_TO, sign_flip
from .ranking import runs_needed
from .student import t_point
from .summary import Interval

LEVEL = 0.05
"""Of one false alarm among all comparisons of a family."""
POWER = 0.85
"""Of Student's test: the exact ones find a little less, which leaves about 80% of cases."""
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """Of means, or of ranks where something is infinite. `spread` is the standard deviation of one run's difference,
    `error` that of the mean's; both are 0 where no spread is known."""

    interval: Interval | None
    mean: float
    spread: float
    error: float
    degrees: int
    p: float
    """One-sided: how often chance alone has the later runs at least so far above the earlier ones."""
    least_p: float
    """The smallest that so many runs can have."""
    runs: int
    """Of the later group."""
    is_paired: bool
    is_same: bool
    """Whether it could not be otherwise by chance: no pair differs, or no run of either group from any other."""

    @property
    def has_spread(self) -> bool:
        """Whether there are enough runs to say how far they lie apart: of one there is nothing to say."""
        return self.degrees > 0

    def is_sure(self, p_adjusted: float) -> bool:
        """Whether the later runs surely have more: by the interval (without one, by the test that it would turn into),
        and with all comparisons counted."""
        if self.interval is None:
            return self.p <= LEVEL / 2 and p_adjusted <= LEVEL
        return self.interval.low is not None and self.interval.low > 0.0 and p_adjusted <= LEVEL

    def can_tell(self, comparisons: int) -> bool:
        """Whether anything at all would be sure, with so many comparisons counted."""
        return self.degrees >= _FEWEST - 1 and self.least_p * max(1, comparisons) <= LEVEL

    def detectable(self, comparisons: int) -> float | None:
        """The difference that so many runs find in 80% of cases; None for too few of them, and for ranks."""
        if self.interval is None or not self.can_tell(comparisons):
            return None
        return (t_point(self.degrees, _level(comparisons)) + self.margin) * self.error

    @property
    def margin(self) -> float:
        """How many errors a true difference has to be above a limit to be found above it."""
        return t_point(max(1, self.degrees), 2 * POWER - 1)

    def runs_needed(self, comparisons: int) -> int | None:
        """Runs, in each group, that find one as large as this in 80% of cases; None where no number is known."""
        if self.mean <= 0.0 or not self.has_spread:
            return None
        half = self.spread / math.sqrt(2.0)
        found = runs_needed([self.mean - half, self.mean + half], _level(comparisons), POWER)
        return None if found is None else max(found, fewest_runs(comparisons, self.is_paired))


def _level(comparisons: int) -> float:
    """What the interval of one comparison has to hold (Bonferroni, the first step of Holm's; one side of it)."""
    return max(1.0 - LEVEL, 1.0 - 2.0 * LEVEL / max(1, comparisons))


def fewest_runs(comparisons: int, is_paired: bool) -> int:
    """Runs in each group with which anything can be sure: with fewer, chance too often looks as bad as can be."""
    runs = _FEWEST
    while (0.5**runs if is_paired else 1.0 / math.comb(2 * runs, runs)) * max(1, comparisons) > LEVEL:
        runs += 1
    return runs


def paired(earlier: Sequence[float], later: Sequence[float]) -> Difference:
    """Run by run; both in the order of the same seeds. Raises `ValueError` without any."""
    differences = [0.0 if a == b else b - a for a, b in zip(earlier, later, strict=True)]
    is_finite = all(map(math.isfinite, differences))
    interval = bca(differences) if is_finite else None
    if not is_finite:
        differences = _signed_ranks(differences)
    runs, mean = len(differences), fmean(differences)
    spread = stdev(differences) if runs > 1 else 0.0
    p, is_same = _one_sided(differences), not any(differences)
    return Difference(interval, mean, spread, spread / math.sqrt(runs), runs - 1, p, 0.5**runs, runs, True, is_same)


def _one_sided(differences: Sequence[float]) -> float:
    """The test of sign flips, of there being more. Where few of those drawn are as far, a bound may tell that p is
    smaller yet."""
    if math.fsum(differences) <= 0.0:
        return 1.0
    p = sign_flip(differences) / 2
    changed = np.array([each for each in differences if each])
    return min(p, of_signs(changed)) if len(changed) > EXACT_TO and p < FEW / 2**EXACT_TO else p


def unpaired(earlier: Sequence[float], later: Sequence[float]) -> Difference:
    """Group by group. Raises `ValueError` for a group without runs."""
    is_finite = all(map(math.isfinite, (*earlier, *later)))
    if not is_finite:
        ranks = _midranks([*earlier, *later])
        earlier, later = ranks[: len(earlier)], ranks[len(earlier) :]
    p, least = permutation(later, earlier), least_p(len(later), len(earlier))
    mean, is_same = fmean(later) - fmean(earlier), len({*earlier, *later}) == 1
    if min(len(earlier), len(later)) < 2:
        interval = Interval(mean, None, None) if is_finite else None
        return Difference(interval, mean, 0.0, 0.0, 0, p, least, len(later), False, is_same)
    of_each = [variance(group) for group in (earlier, later)]
    of_means = [found / len(group) for found, group in zip(of_each, (earlier, later), strict=True)]
    degrees, error = _welch(of_means, len(earlier), len(later)), math.sqrt(sum(of_means))
    interval = _interval(mean, error, degrees) if is_finite else None
    return Difference(interval, mean, math.sqrt(sum(of_each)), error, degrees, p, least, len(later), False, is_same)


def _welch(of_means: Sequence[float], *runs: int) -> int:
    """Degrees of freedom of two groups that may spread differently (Welch, 1947), rounded down."""
    parts = sum(found**2 / (count - 1) for found, count in zip(of_means, runs, strict=True))
    return max(1, min(sum(runs) - 2, math.floor(sum(of_means) ** 2 / parts))) if parts else sum(runs) - 2


def _interval(mean: float, error: float, degrees: int) -> Interval:
    half = t_point(degrees) * error
    return Interval(mean, mean - half, mean + half) if degrees >= _FEWEST - 1 else Interval(mean, None, None)


def _signed_ranks(differences: Sequence[float]) -> list[float]:
    """Wilcoxon's (1945): differences by their size, the infinite ones alike and the largest; none stays none."""
    ranks = _midranks([abs(each) for each in differences])
    least = sum(each == 0.0 for each in differences)
    return [math.copysign(rank - least, each) if each else 0.0 for rank, each in zip(ranks, differences, strict=True)]


def _midranks(values: Sequence[float]) -> list[float]:
    """The place of each among all, equal ones having their mean place."""
    ordered = np.sort(np.asarray(values, dtype=float))
    first, last = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return [float(each) for each in (first + last + 1) / 2]
