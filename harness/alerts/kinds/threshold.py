"""More than so much within a window: the rule that everybody begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field

from brownout.fakes.units import Duration, Share

from ...monitoring.tick import Tick
from ..promql import Query, Recording, level_of, number, query, ratio
from ..rule import Need, Rule, scaled
from ..signal import ShareOf, signal
from ..windows import Window


class Threshold(Rule):
    """Fires while more than a share of the calls of a window is bad. Quick with a short window, which few calls fill:
    there a single bad one may be more than the limit, hence `calls`."""

    kind: Literal["threshold"] = "threshold"
    of: ShareOf = "timeouts"
    above: Annotated[Share, Field(gt=0, description="of the calls of the window")]
    window: Annotated[Duration, Field(gt=0)] = 300.0
    calls: Annotated[int, Field(ge=1, description="fewer of them in the window are not judged")] = 10
    is_scaled: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"kind": "threshold", "of": "timeouts", "above": "5%", "window": "5m"}

    def detector(self, step: float) -> Above:
        return Above(self, step)

    def query(self, name: str) -> Query:
        share = ratio(self.of, self.window, self.calls)
        return query(name, (Recording(level_of(name), f"{share} / {number(self.above)}"),))

    def harder(self, times: float) -> Self | None:
        above = scaled(self.above, times)
        return self.model_copy(update={"above": above}) if above < 1.0 else None

    def needs(self) -> list[Need]:
        return [Need(self.above, self.window, self.calls)]

    def never(self) -> list[str]:
        return ["more than 100% of the calls is more than there are"] if self.above >= 1.0 else []


class Above:
    """A threshold at work."""

    def __init__(self, rule: Threshold, step: float) -> None:
        self._rule, self._of = rule, signal(rule.of).of
        self._window = Window(rule.window, step)
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        self._window.add(self._of(tick))
        share = self._window.ratio
        self.level = None if share is None or self._window.bottom < self._rule.calls else share / self._rule.above
        return self.level is not None and self.level > 1.0
