"""A lognormal distribution, and a share that never ends, by maximum likelihood from calls some of which were given up.

Of a call that was given up it is known only that it took longer; whether it hung or was slow is a matter of the share
that either would have: Dempster, Laird and Rubin's EM goes to and fro between that and the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from ..statistics import Interval
from .survival import Seen

FEWEST = 20
"""Calls that ended, below which nothing is fitted."""
SURELY = 2.71
"""Twice the gain in log-likelihood from which a share is said to hang, at 95% (Self and Liang, 1987)."""
_ROUNDS = 2000
_CLOSE = 1e-9
_STEP = 1e-4
_SQRT2, _LOG_2PI = math.sqrt(2.0), math.log(2.0 * math.pi)
_erf = np.vectorize(math.erf, otypes=[float])
Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """`median` in seconds; `sigma` of the logarithms; `hangs` a share of 1. `distance` is Kolmogorov's, to what was
    seen below the first limit."""

    median: Interval
    sigma: Interval
    hangs: Interval
    distance: float
    calls: int

    def quantile(self, q: float) -> float:
        """Seconds that the share `q` of all calls does not exceed; infinite where so many hang."""
        of_others = q / (1.0 - self.hangs.mean)
        if of_others >= 1.0:
            return math.inf
        return self.median.mean * math.exp(self.sigma.mean * NormalDist().inv_cdf(of_others))


def fit(calls: Sequence[Seen], level: float = 0.95) -> Fit:
    """Raises `ValueError` for fewer than 20 calls that ended, and for latencies that are not above 0."""
    ended = np.log(np.array([call.seconds for call in calls if call.is_whole], dtype=float))
    if len(ended) < FEWEST:
        raise ValueError(
            f"too few data: a distribution needs at least {FEWEST} calls that ended, there are {len(ended)}"
        )
    if not np.isfinite(ended).all():
        raise ValueError("a latency has to be more than 0 s")
    given_up = (
        np.log([call.seconds for call in calls if not call.is_whole]) if len(ended) < len(calls) else np.array([])
    )
    found = _em(ended, given_up, may_hang=False)
    if len(given_up):
        other = _em(ended, given_up, may_hang=True)
        gain = 2.0 * (_likelihood(other, ended, given_up) - _likelihood(found, ended, given_up))
        found = other if gain > SURELY else found
    z = NormalDist().inv_cdf(0.5 + level / 2)
    mu, sigma, hangs = (
        Interval(value, value - z * error, value + z * error)
        for value, error in zip(found, _errors(found, ended, given_up), strict=True)
    )
    parameters = _mapped(math.exp, mu), _mapped(math.exp, sigma), _mapped(_share, hangs)
    return Fit(*parameters, _distance(found, ended, given_up), len(calls))


def _mapped(to: Callable[[float], float], found: Interval) -> Interval:
    assert found.low is not None
    assert found.high is not None
    return Interval(to(found.mean), to(found.low), to(found.high))


def _em(ended: Values, given_up: Values, may_hang: bool) -> tuple[float, float, float]:
    """Mean and log of the deviation of the logarithms, and the logit of the share that hangs."""
    mu, sigma = float(ended.mean()), max(float(ended.std()), 1e-6)
    count, censored = len(ended) + len(given_up), len(given_up)
    hangs = 0.5 * censored / count if may_hang else 0.0
    for _ in range(_ROUNDS):
        before = mu, sigma, hangs
        z = (given_up - mu) / sigma
        tail = _tail(z)
        slow = (1.0 - hangs) * tail
        weight = slow / np.maximum(slow + hangs, 1e-300)  # that it was slow and would have ended
        hazard = np.exp(-0.5 * z * z - 0.5 * _LOG_2PI) / np.maximum(tail, 1e-300)
        first = mu + sigma * hazard
        second = mu * mu + sigma * sigma + sigma * (given_up + mu) * hazard
        total = len(ended) + float(weight.sum())
        mu = (float(ended.sum()) + float((weight * first).sum())) / total
        squares = float((ended**2).sum()) + float((weight * second).sum())
        sigma = math.sqrt(max(squares / total - mu * mu, 1e-12))
        hangs = float((1.0 - weight).sum()) / count if may_hang else 0.0
        if max(abs(mu - before[0]), abs(sigma - before[1]), abs(hangs - before[2])) < _CLOSE:
            break
    logit = math.log(hangs / (1.0 - hangs)) if 1e-9 < hangs < 1.0 else -math.inf
    return mu, math.log(sigma), logit


def _errors(at: tuple[float, float, float], ended: Values, given_up: Values) -> tuple[float, float, float]:
    """Of the parameters, from the curvature of the likelihood where it is highest."""
    free = 3 if math.isfinite(at[2]) else 2
    here = list(at)

    def value(*steps: tuple[int, float]) -> float:
        moved = here.copy()
        for i, step in steps:
            moved[i] += step
        return _likelihood((moved[0], moved[1], moved[2]), ended, given_up)

    information = np.empty((free, free))
    for i in range(free):
        for j in range(free):
            signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
            corners = [a * b * value((i, a * _STEP), (j, b * _STEP)) for a, b in signs]
            information[i, j] = -sum(corners) / (4.0 * _STEP**2)
    variances = np.diag(np.linalg.pinv(information))
    found = [math.sqrt(max(float(variance), 0.0)) for variance in variances]
    return found[0], found[1], found[2] if free == 3 else 0.0


def _likelihood(at: tuple[float, float, float], ended: Values, given_up: Values) -> float:
    mu, sigma, hangs = at[0], math.exp(at[1]), _share(at[2])
    z = (ended - mu) / sigma
    whole = len(ended) * (math.log1p(-hangs) - math.log(sigma) - 0.5 * _LOG_2PI) - 0.5 * float((z * z).sum())
    if not len(given_up):
        return whole
    longer = hangs + (1.0 - hangs) * _tail((given_up - mu) / sigma)
    return whole + float(np.log(np.maximum(longer, 1e-300)).sum())


def _distance(at: tuple[float, float, float], ended: Values, given_up: Values) -> float:
    """The largest difference between what was seen and what is fitted, of those that ended before any was given up."""
    mu, sigma, hangs = at[0], math.exp(at[1]), _share(at[2])
    first = float(given_up.min()) if len(given_up) else math.inf
    below = np.sort(ended[ended <= first])
    if not len(below):
        return 1.0
    count = len(ended) + len(given_up)
    fitted = (1.0 - hangs) * (1.0 - _tail((below - mu) / sigma))
    seen = np.arange(1, len(below) + 1) / count
    return float(max(np.abs(fitted - seen).max(), np.abs(fitted - seen + 1.0 / count).max()))


def _tail(z: Values) -> Values:
    found: Values = 0.5 * (1.0 - _erf(z / _SQRT2))
    return found


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit)) if math.isfinite(logit) else 0.0
