"""The gamma distribution of mean `shape` and scale 1, and its inverse: the regularized incomplete gamma function.

By the series and the continued fraction of Abramowitz and Stegun, 6.5.29 and 6.5.31; the inverse by Newton's method
from the approximation of Wilson and Hilferty, kept between brackets. Held to SciPy in tests.
"""

from __future__ import annotations

import math

_EPSILON = 2.0**-52
_TINY = 1e-300
_MOST = 10_000
"""Terms, far more than any shape up to `LARGEST` takes."""
LARGEST = 10_000.0


def lower(shape: float, x: float) -> float:
    """P(shape, x): the share of the distribution that is below x."""
    if x <= 0.0:
        return 0.0
    return _series(shape, x) if x < shape + 1.0 else 1.0 - _fraction(shape, x)


def upper(shape: float, x: float) -> float:
    """Q(shape, x): the share that is above."""
    if x <= 0.0:
        return 1.0
    return 1.0 - _series(shape, x) if x < shape + 1.0 else _fraction(shape, x)


def _front(shape: float, x: float) -> float:
    return math.exp(shape * math.log(x) - x - math.lgamma(shape))


def _series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    for n in range(1, _MOST):
        term *= x / (shape + n)
        total += term
        if term < total * _EPSILON:
            break
    return total * _front(shape, x)


def _fraction(shape: float, x: float) -> float:
    """By Lentz's method."""
    b = x + 1.0 - shape
    c, d = 1.0 / _TINY, 1.0 / b
    total = d
    for n in range(1, _MOST):
        a = -n * (n - shape)
        b += 2.0
        d = a * d + b
        c = b + a / c
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = c if abs(c) > _TINY else _TINY
        total *= d * c
        if abs(d * c - 1.0) < 4.0 * _EPSILON:
            break
    return total * _front(shape, x)


def inverse(shape: float, u: float, z: float) -> float:
    """The x below which the share u of the distribution is, for u in (0, 1). `z`: the same of the standard normal
    distribution."""
    # Near 0 the distribution is a power of x, and exact where u is small.
    power = math.exp((math.log(u) + math.lgamma(shape + 1.0)) / shape)
    if power < 1e-9:
        return power
    spread = 1.0 / (9.0 * shape)
    x = shape * max(0.0, 1.0 - spread + z * math.sqrt(spread)) ** 3
    x = x if shape >= 1.0 and x > 0.0 else power
    low, high = 0.0, math.inf
    is_low = u < 0.5  # what is small is known to more digits
    for _ in range(100):
        miss = lower(shape, x) - u if is_low else (1.0 - u) - upper(shape, x)
        low, high = (low, x) if miss > 0.0 else (x, high)
        density = _front(shape, x) / x
        closer = x - miss / density if density > 0.0 else math.inf
        if not low < closer < high:
            closer = 0.5 * (low + high) if math.isfinite(high) else 2.0 * x
        if abs(closer - x) <= 1e-13 * x:
            return closer
        x = closer
    return x
