"""P-values smaller than so many draws can show: bounds that no test of chance is ever above.

Of 2**14 draws few or none may be as far as what was seen. How seldom it is then told by Chernoff's bound (1952), from
the generating function of all signs, or of all divisions, and not of those drawn. So such p-values are larger than the
exact ones (about ten times in the middle), never smaller, and reach them where the figures are as far as can be.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

FEW = 32
"""Draws as far as what was seen from which on they tell p well enough by themselves."""
_STEPS = 60
_TIE = 1e-12
_FAR = 700.0
"""An exponent that floating point still has."""
Figures = npt.NDArray[np.float64]


def of_signs(differences: Figures) -> float:
    """At most how large a share of all assignments of signs has a sum as large as this, which is above 0."""
    sizes = np.abs(differences[differences != 0.0])
    sizes, seen = sizes / sizes.max(), math.fsum(differences / sizes.max())
    slope = 0.0
    for _ in range(_STEPS):  # Newton's, towards the slope at which the mean of the tilted sum is what was seen
        tilted = np.tanh(slope * sizes)
        gap = seen - float(sizes @ tilted)
        bend = float((sizes**2) @ (1.0 - tilted**2))
        if gap <= 1e-12 * seen or bend <= 1e-12 or slope >= _FAR:
            break
        slope = min(slope + gap / bend, 2.0 * slope + 1.0, _FAR)
    # log cosh without ever being too large for a float
    logs = np.logaddexp(slope * sizes, -slope * sizes) - math.log(2.0)
    found = math.exp(min(0.0, math.fsum(logs) - slope * seen))
    return max(found, 0.5 ** len(sizes))


def of_divisions(pool: Figures, these: int, seen: float) -> float:
    """At most how large a share of all divisions has a first group, of so many, with a sum as large as `seen`. The
    figures of the pool are centred, and `seen` is above 0.

    Whoever is in the first group for himself, more likely the larger his figure, has with the right number of others
    the generating function of divisions: what is left of it is the share of such draws that have the right number.
    """
    ordered = np.sort(pool)
    if ordered[-these] > ordered[-these - 1] and seen >= math.fsum(ordered[-these:]) - _TIE * len(pool):
        return of_all(these, len(pool) - these)  # the largest of all, and no others: one division
    slope, level = 0.0, math.log(these / (len(pool) - these))
    best = 1.0
    for _ in range(_STEPS):  # Newton's for logistic regression; every step of it is a bound already
        logits = slope * pool + level
        best = min(best, _bound(pool, these, seen, slope, level))
        chances = 0.5 * (1.0 + np.tanh(logits / 2.0))
        weights = chances * (1.0 - chances)
        gaps = np.array([seen - float(pool @ chances), these - float(chances.sum())])
        cross = float(weights @ pool)
        curve = np.array([[float(weights @ pool**2), cross], [cross, float(weights.sum())]])
        if np.abs(gaps).max() <= 1e-9 or np.linalg.det(curve) <= 1e-12 * curve[0, 0] * curve[1, 1]:
            break
        step = np.linalg.solve(curve, gaps)
        step *= min(1.0, 4.0 / float(np.abs(step[0] * pool + step[1]).max()))
        if not np.isfinite(step).all():
            break
        slope, level = slope + float(step[0]), level + float(step[1])
    return max(best, of_all(these, len(pool) - these))


def of_all(these: int, those: int) -> float:
    """The share that one division is of all."""
    return math.exp(-_log_comb(these + those, these))


def _bound(pool: Figures, these: int, seen: float, slope: float, level: float) -> float:
    logits = slope * pool + level
    log_of_all = math.fsum(np.logaddexp(0.0, logits)) - slope * seen - level * these
    right = _share_of_right(0.5 * (1.0 + np.tanh(logits / 2.0)), these)
    if right <= 0.0:
        return 1.0
    return math.exp(min(0.0, log_of_all - _log_comb(len(pool), these) + math.log(right)))


def _share_of_right(chances: Figures, these: int) -> float:
    """How likely so many of them are in, each for himself."""
    shares = np.zeros(these + 1)
    shares[0] = 1.0
    for chance in chances:
        shares[1:] = shares[1:] * (1.0 - chance) + shares[:-1] * chance
        shares[0] *= 1.0 - chance
    return float(shares[these])


def _log_comb(of: int, chosen: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(chosen + 1) - math.lgamma(of - chosen + 1)
