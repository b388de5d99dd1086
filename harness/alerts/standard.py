"""Blocks in units of their usual spread: what control charts watch. What is usual is given, or learned of what was."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brownout.fakes.units import Duration, format_duration

from ..monitoring.tick import Tick
from .promql import Recording, number, points, ratio
from .signal import AnyOf, signal
from .windows import FEWEST, Blocks, Past


class Given(BaseModel):
    """What is usual, as somebody knows it: in seconds, tokens, or a share of one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mean: float
    sd: Annotated[float, Field(gt=0, description="the standard deviation from block to block")]


class Learned(BaseModel):
    """Learned from what was: from as much as there is of the `from_last` that ended `ago`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_last: Annotated[Duration, Field(gt=0)] = 604_800.0
    ago: Annotated[Duration, Field(description="so that trouble does not count as usual while it is new")] = 86_400.0


class Standard:
    """Ticks in, standardized blocks out."""

    __slots__ = ("_blocks", "_of", "_past", "_usual")

    def __init__(self, of: str, every: float, usual: Given | Learned, step: float) -> None:
        self._of, self._blocks = signal(of).of, Blocks(every, step)
        self._past: Past | None = None
        self._usual: tuple[float, float] | None = None
        if isinstance(usual, Given):
            self._usual = (usual.mean, usual.sd)
        else:
            self._past = Past(round(usual.ago / every), round(usual.from_last / every))

    def add(self, tick: Tick) -> float | None:
        """By how many standard deviations the block that this tick has completed lies above the usual. None where none
        is complete, nothing was called in it, or nobody knows yet what is usual."""
        block = self._blocks.add(self._of(tick))
        if block is None:
            return None
        top, bottom = block
        value = top / bottom if bottom > 0 else None
        if self._past is not None:
            self._past.add(value)
            self._usual = self._past.usual()
        if value is None or self._usual is None or not self._usual[1]:
            return None
        mean, sd = self._usual
        return (value - mean) / sd


def recorded(name: str, of: str, every: float, usual: Given | Learned) -> tuple[Recording, ...]:
    """The same for Prometheus: the block as `NAME:block`, standardized as `NAME:standard`."""
    block = f"{name}:block"
    if isinstance(usual, Given):
        standard = f"({block} - {number(usual.mean)}) / {number(usual.sd)}"
    else:
        past = points(block, round(usual.from_last / every), every, round(usual.ago / every))
        standard = (
            f"({block} - avg_over_time({past})) / (stddev_over_time({past}) > 0) "
            f"and count_over_time({past}) >= {FEWEST}"
        )
    return Recording(block, ratio(of, every)), Recording(f"{name}:standard", standard)


class Chart(BaseModel):
    """What control charts have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: AnyOf = "latency"
    every: Annotated[Duration, Field(gt=0, description="calls of this time make one point of the chart")] = 900.0
    usual: Annotated[Given | Learned, Field(description="`mean` and `sd`, or where to learn them")] = Learned()

    @model_validator(mode="after")
    def _can_be_learned(self) -> Chart:
        if not isinstance(self.usual, Learned):
            return self
        if not signal(self.of).has_spread:
            raise ValueError(
                f"usual: {self.of} may be the same for a week, and then has no spread that could be learned; give "
                "`usual: {mean: ..., sd: ...}`, or take a threshold, burn_rate or bernoulli_cusum"
            )
        if self.usual.from_last < FEWEST * self.every:
            raise ValueError(
                f"usual: {format_duration(self.usual.from_last)} are fewer than {FEWEST} points of "
                f"{format_duration(self.every)}"
            )
        return self
