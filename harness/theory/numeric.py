"""What is computed where there is no closed form: stationary chains, integrals, quantiles."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

ENDLESS = 1e-14
"""States of less weight than this, next to the heaviest, matter to nothing."""
_STEPS = 20_000
_HALVINGS = 100


def stationary(birth: Callable[[int], float], death: Callable[[int], float]) -> list[float]:
    """The probabilities of the states 0, 1, ... of a birth-death chain, up to where they are none. `birth` and `death`:
    the rates out of a state, per second."""
    weights, heaviest = [1.0], 1.0
    for state in count():
        following = weights[-1] * birth(state) / death(state + 1)
        heaviest = max(heaviest, following)
        if following < ENDLESS * heaviest:
            break
        weights.append(following)
    total = sum(weights)
    return [weight / total for weight in weights]


def integral(of: Callable[[float], float], low: float, high: float, steps: int = _STEPS) -> float:
    """By Simpson's rule."""
    width = (high - low) / steps
    inner = sum((4.0 if i % 2 else 2.0) * of(low + i * width) for i in range(1, steps))
    return (of(low) + inner + of(high)) * width / 3.0


def quantile(survival: Callable[[float], float], q: float, most: float) -> float:
    """Where `survival`, which falls from 1, comes down to 1 - q: by bisection from 0 to `most`."""
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if survival(middle) > 1.0 - q else (low, middle)
    return high
