"""A Poisson process whose rate changes, by inversion: calls that come evenly in the expected number of calls since the
beginning come at the changing rate in time. Every client draws its own share of them, by client and call."""

from __future__ import annotations

import math
from typing import Protocol

from brownout.fakes.draws import Draws, call_label

from .arrivals.base import Crowd, Schedule


class Intensity(Protocol):
    """A rate of calls as it changes in time, by its integral."""

    def expected(self, until: float) -> float:
        """How many calls are expected from the beginning until that second."""

    def when(self, expected: float) -> float:
        """The inverse: the second until which so many calls are expected; `inf` if so many never are."""


class Inhomogeneous(Schedule):
    """The calls of a crowd at the rate of an intensity, of which each client has an equal part. With the same draws as
    `Poisson`: at a rate that does not change it is the same calls."""

    def __init__(self, intensity: Intensity, crowd: Crowd) -> None:
        self._intensity, self._clients = intensity, crowd.clients
        self._uniform = Draws(crowd.seed, "arrivals").uniform

    def following(self, client: int, call: int, since: float) -> float:
        gap = -math.log1p(-self._uniform(call_label(client, call + 1))) * self._clients
        # Where the rate is nearly 0 the inverse is coarse, and must not lead back.
        return max(since, self._intensity.when(self._intensity.expected(since) + gap))
