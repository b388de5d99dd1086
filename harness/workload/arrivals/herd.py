"""Calls of everybody at once, again and again."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from brownout.fakes.draws import Draws, call_label
from brownout.fakes.units import Duration

from .base import Arrivals, Crowd, Schedule


class Herd(Arrivals):
    """Every client calls at the same times: cron jobs on the hour, caches that expire together, a fleet that is started
    at once. Each comes up to `jitter` late, anything alike, drawn for each call."""

    kind: Literal["herd"] = "herd"
    every: Annotated[Duration | None, Field(gt=0)] = None
    first: Annotated[Duration, Field(description="when `every` begins to count")] = 0.0
    at: Annotated[tuple[Duration, ...], Field(description="the times themselves, instead of `every`")] = ()
    jitter: Annotated[Duration, Field(description="at most as long as the time between two")] = 0.0
    example: ClassVar[Mapping[str, Any]] = {"kind": "herd", "every": "60s", "jitter": "2s"}

    @model_validator(mode="after")
    def _one_way(self) -> Herd:
        if (self.every is None) == (not self.at):
            raise ValueError("expected either every or at")
        if self.at and self.first:
            raise ValueError("first goes with every; at has its first time itself")
        gaps = [later - earlier for earlier, later in pairwise(self.at)] if self.every is None else [self.every]
        if any(gap <= 0.0 for gap in gaps):
            raise ValueError("the times of at must be in order, each of them once")
        if gaps and self.jitter > min(gaps):
            raise ValueError("jitter must not be longer than the time between two")
        return self

    def schedule(self, crowd: Crowd) -> Schedule:
        return _Together(self, Draws(crowd.seed, "herd jitter"))

    def mean_rate(self, clients: int, horizon: float) -> float:
        times = sum(at < horizon for at in self.at) if self.every is None else (horizon - self.first) / self.every
        return clients * max(0.0, times) / horizon


class _Together(Schedule):
    def __init__(self, herd: Herd, jitter: Draws) -> None:
        self._herd, self._jitter = herd, jitter

    def following(self, client: int, call: int, since: float) -> float:
        herd, which = self._herd, call + 1
        if herd.every is not None:
            at = herd.first + which * herd.every
        elif which < len(herd.at):
            at = herd.at[which]
        else:
            return float("inf")
        return at + (herd.jitter * self._jitter.uniform(call_label(client, which)) if herd.jitter else 0.0)
