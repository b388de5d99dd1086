"""A slow rise of latency, and whose it is: the service's, or one's own prompts'."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brownout.fakes.units import Duration, Factor, format_duration

from ...monitoring.tick import Tick
from ..promql import Query, Recording, increase, level_of, number, points, query
from ..rule import Rule, scaled
from ..signal import signal
from ..windows import FEWEST, Blocks, Past

WATCHED = {"service": "seconds_per_token", "prompts": "answer_tokens"}
"""What has risen -> whose it is. Latency is the one times the other."""


class Drift(Rule):
    """Fires while the latest points of a chart are surely, and by a factor `least`, above those of some time ago: of
    the time for each token of an answer, which is the service's own, or of the tokens of an answer, which are up to
    whoever asks. Says which of them it is. Each point is what was called in `every`."""

    kind: Literal["drift"] = "drift"
    every: Annotated[Duration, Field(gt=0, description="calls of this time make one point")] = 21_600.0
    recent: Annotated[Duration, Field(gt=0, description="points of this time are compared")] = 86_400.0
    before: Annotated[Duration, Field(gt=0, description="with points of this time")] = 604_800.0
    ago: Annotated[Duration, Field(gt=0, description="which had ended so long ago, or what there is of it")] = 604_800.0
    least: Annotated[Factor, Field(gt=1, description="a smaller rise is no drift")] = 1.1
    limit: Annotated[float, Field(gt=0, description="in standard errors of the difference")] = 4.0
    is_scaled: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"kind": "drift", "recent": "1d", "before": "7d", "ago": "7d"}

    @model_validator(mode="after")
    def _is_long_enough(self) -> Drift:
        if self.before < FEWEST * self.every:
            raise ValueError(
                f"before: {format_duration(self.before)} are fewer than {FEWEST} points of "
                f"{format_duration(self.every)}"
            )
        if self.recent > self.ago:
            raise ValueError("recent must not be longer than ago: a point would be compared with itself")
        return self

    def detector(self, step: float) -> Drifting:
        return Drifting(self, step)

    @property
    def points(self) -> int:
        """Recent points that are compared."""
        return max(1, round(self.recent / self.every))

    def query(self, name: str) -> Query:
        recordings: list[Recording] = []
        for cause, of in WATCHED.items():
            block, (top, bottom) = f"{name}:{cause}", increase(of, self.every)
            now = points(block, self.points, self.every)
            past = points(block, round(self.before / self.every), self.every, round(self.ago / self.every))
            rise = f"avg_over_time({now}) - avg_over_time({past}) and count_over_time({past}) >= {FEWEST}"
            error = f"stddev_over_time({past}) * sqrt(1 / count_over_time({now}) + 1 / count_over_time({past}))"
            takes = f"clamp_min({number(self.limit)} * {block}:error, {number(math.log(self.least))})"
            recordings += (
                Recording(block, f"ln(({top} > 0) / ({bottom} > 0))"),
                Recording(f"{block}:rise", rise),
                Recording(f"{block}:error", error),
                Recording(level_of(name), f"{block}:rise / {takes}", {"cause": cause}),
            )
        return query(name, tuple(recordings), self.every)

    def watches(self) -> tuple[str, ...]:
        return tuple(WATCHED.values())

    def harder(self, times: float) -> Self:
        return self.model_copy(update={"limit": scaled(self.limit, times), "least": float(f"{self.least**times:.6g}")})


class Rise:
    """Of one figure: the mean logarithm of the latest points against that of those before."""

    def __init__(self, of: str, rule: Drift, step: float) -> None:
        self._of, self._blocks = signal(of).of, Blocks(rule.every, step)
        self._recent: deque[float | None] = deque(maxlen=rule.points)
        self._limit, self._least = rule.limit, math.log(rule.least)
        self._past = Past(round(rule.ago / rule.every), round(rule.before / rule.every))
        self.level: float | None = None
        """Of what it takes to fire; None while there is nothing to compare with."""

    def add(self, tick: Tick) -> None:
        block = self._blocks.add(self._of(tick))
        if block is None:
            return
        top, bottom = block
        value = math.log(top / bottom) if top > 0 and bottom > 0 else None
        self._past.add(value)
        self._recent.append(value)
        recent = [each for each in self._recent if each is not None]
        usual = self._past.usual()
        if usual is None or not recent:
            return
        mean, sd = usual
        rise = sum(recent) / len(recent) - mean
        error = sd * math.sqrt(1.0 / len(recent) + 1.0 / self._past.count)
        self.level = rise / max(self._least, self._limit * error)


class Drifting:
    """Both figures at work. `cause` says which of them has risen more."""

    def __init__(self, rule: Drift, step: float) -> None:
        self._rises = {cause: Rise(of, rule, step) for cause, of in WATCHED.items()}
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        for rise in self._rises.values():
            rise.add(tick)
        self.level = max((rise.level for rise in self._rises.values() if rise.level is not None), default=None)
        return self.level is not None and self.level > 1.0

    @property
    def cause(self) -> str | None:
        known = {cause: rise.level for cause, rise in self._rises.items() if rise.level is not None}
        return max(known, key=known.__getitem__, default=None)
