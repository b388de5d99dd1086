"""One world, which is a seed: what becomes of a service in it, and the load at which that turns."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

from ..cells import Job
from ..fleet import Configuration
from ..metrics import Absent, metric
from ..metrics.recovery import offered_load
from ..scenario import Scenario


class Fate(StrEnum):
    """What becomes of it."""

    BACK = "comes back"
    DOWN = "stays down"
    """Though it could do the work: metastable."""
    OVERLOADED = "overloaded"
    """It could not do the work without any trouble either."""


def fate(scenario: Scenario, client: Configuration, seed: int) -> Fate:
    """In the simulator, beside the same run without faults. Raises `ValueError` for a scenario after whose trouble
    there is no time to see it."""
    seen = Job(scenario, client, seed, "sim", 1.0).observe()
    taken = metric("time_to_recover").of(seen)
    if isinstance(taken, Absent):
        raise ValueError(f"{scenario.name}: whether it comes back cannot be seen: {taken.reason}")
    if seen.twin is not None and offered_load(scenario, seen.twin) >= 1.0:
        return Fate.OVERLOADED
    return Fate.DOWN if math.isinf(taken) else Fate.BACK


def turning_point(at: Callable[[float], Fate], low: float, high: float, steps: int) -> tuple[float, float]:
    """Between which two loads it ceases to come back, by halving so many times. Where it does at `high` both are
    `high`; where it does not at `low`, 0 and `low`."""
    if at(high) is Fate.BACK:
        return high, high
    if at(low) is not Fate.BACK:
        return 0.0, low
    for _ in range(steps):
        middle = 0.5 * (low + high)
        if at(middle) is Fate.BACK:
            low = middle
        else:
            high = middle
    return low, high
