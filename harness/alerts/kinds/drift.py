"""A slow rise of latency, and whose it is: the service's, or one's own prompts'."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from brownout.fakes.units import Duration, Factor, format_duration

from ...monitoring.tick import Tick
from ..promql import Query, Recording, number, ratio
from ..rule import Rule
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
        either = []
        for cause, of in WATCHED.items():
            block = f"{name}:{cause}"
            recordings.append(Recording(block, f"ln({ratio(of, self.every)})"))
            now = f"avg_over_time({block}[{format_duration(self.recent)}])"
            past = f"{block}[{format_duration(self.before)}] offset {format_duration(self.ago)}"
            rise = f"{now} - avg_over_time({past})"
            error = f"stddev_over_time({past}) * sqrt(1 / {self.points} + 1 / count_over_time({past}))"
            recordings.append(Recording(f"{block}:rise", f"{rise} and count_over_time({past}) >= {FEWEST}"))
            recordings.append(Recording(f"{block}:error", error))
            sure = f"{block}:rise > {number(self.limit)} * {block}:error"
            far = f"{block}:rise > {number(math.log(self.least))}"
            either.append(f'label_replace({sure} and {far}, "cause", "{cause}", "", "")')
        return Query(" or ".join(either), tuple(recordings), self.every)

    def harder(self, times: float) -> Self:
        return self.model_copy(update={"limit": self.limit * times, "least": self.least**times})


class Rise:
    """Of one figure: the mean logarithm of the latest points against that of those before."""

    def __init__(self, of: str, rule: Drift, step: float) -> None:
        self._of, self._blocks = signal(of).of, Blocks(rule.every, step)
        self._recent: list[float] = []
        self._points, self._limit, self._least = rule.points, rule.limit, math.log(rule.least)
        self._past = Past(round(rule.ago / rule.every), round(rule.before / rule.every))
        self.level = 0.0
        """Of what it takes to fire."""

    def add(self, tick: Tick) -> None:
        block = self._blocks.add(self._of(tick))
        if block is None:
            return
        top, bottom = block
        value = math.log(top / bottom) if top > 0 and bottom > 0 else None
        self._past.add(value)
        if value is not None:
            self._recent = [*self._recent, value][-self._points :]
        usual = self._past.usual()
        if usual is None or len(self._recent) < self._points:
            return
        mean, sd = usual
        rise = sum(self._recent) / self._points - mean
        error = sd * math.sqrt(1.0 / self._points + 1.0 / self._past.count)
        self.level = min(rise / self._least, rise / (self._limit * error) if error else math.inf)


class Drifting:
    """Both figures at work. `cause` says which of them has risen more."""

    def __init__(self, rule: Drift, step: float) -> None:
        self._rises = {cause: Rise(of, rule, step) for cause, of in WATCHED.items()}
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        for rise in self._rises.values():
            rise.add(tick)
        self.level = max(rise.level for rise in self._rises.values())
        return self.level > 1.0

    @property
    def cause(self) -> str:
        return max(self._rises, key=lambda cause: self._rises[cause].level)
