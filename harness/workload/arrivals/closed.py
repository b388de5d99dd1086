"""Clients that wait for what comes of a call before they make the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from brownout.fakes.distributions import Durations, seconds_always
from brownout.fakes.draws import Draws, call_label
from brownout.fakes.latency import Sampler, sampler

from .base import Arrivals, Crowd, Schedule


class Closed(Arrivals):
    """Each client calls, waits for what comes of it, thinks, and calls again."""

    kind: Literal["closed"] = "closed"
    think: Durations = seconds_always(1.0)
    is_open = False
    example: ClassVar[Mapping[str, Any]] = {"kind": "closed", "think": {"mean": "5s"}}

    def schedule(self, crowd: Crowd) -> Schedule:
        return _AfterAnswers(sampler(self.think, Draws(crowd.seed, "think")))

    def mean_rate(self, clients: int, horizon: float) -> None:
        return None


class _AfterAnswers(Schedule):
    def __init__(self, think: Sampler) -> None:
        self._think = think

    def first(self, client: int) -> float:
        # Half a think time, so that the clients do not all begin at once.
        return 0.5 * self._think(call_label(client, 0))

    def following(self, client: int, call: int, since: float) -> float:
        return since + self._think(call_label(client, call + 1))
