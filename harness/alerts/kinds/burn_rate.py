"""How fast the budget of an objective burns, over a long and a short window at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from brownout.fakes.units import Duration, Share, format_duration, format_share

from ...monitoring.tick import Tick
from ..promql import Query, Recording, duration, level_of, number, query, ratio, whole_ticks
from ..rule import Need, Rule, scaled
from ..signal import ShareOf, signal
from ..windows import Window


class Pair(BaseModel):
    """A long window, so that it is not noise, and a short one, so that it is not over yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    long: Annotated[Duration, Field(gt=0)]
    short: Annotated[Duration, Field(gt=0)]
    burn: Annotated[float, Field(gt=0, description="times the rate that would just use up the budget")]

    @model_validator(mode="after")
    def _ordered(self) -> Pair:
        if self.short >= self.long:
            raise ValueError("short must be shorter than long")
        return self


WORKBOOK = tuple(
    Pair.model_validate({"long": long, "short": short, "burn": burn})
    for long, short, burn in (("1h", "5m", 14.4), ("6h", "30m", 6.0), ("3d", "6h", 1.0))
)
"""Of Google's SRE workbook: 2%, 5% and 10% of a month's budget, in an hour, in six and in three days."""


class BurnRate(Rule):
    """Fires while the share of bad calls is more than `burn` times what the objective allows, over the long window and
    the short one of any pair: the alert of Google's SRE workbook. After the share has risen it takes
    `long x burn x (1 - objective) / share` until it fires; where that is longer than `long` it never does."""

    kind: Literal["burn_rate"] = "burn_rate"
    of: ShareOf = "timeouts"
    objective: Annotated[Share, Field(gt=0, lt=1, description="the share of calls that is to be good")]
    pairs: Annotated[tuple[Pair, ...], Field(min_length=1, max_length=8)] = WORKBOOK
    is_scaled: ClassVar[bool] = True
    example: ClassVar[Mapping[str, Any]] = {"kind": "burn_rate", "of": "timeouts", "objective": "99%"}

    def detector(self, step: float) -> Burning:
        return Burning(self, step)

    def query(self, name: str) -> Query:
        def share(seconds: float) -> str:
            return f"{name}:ratio_{duration(whole_ticks(seconds))}"

        def lower(pair: Pair) -> str:
            """The lower of both shares, in units of what the pair lets pass; none while the short window is empty."""
            both = f"({share(pair.long)} <= {share(pair.short)} or {share(pair.short)})"
            return f"{both} / {number(self.limit(pair))}"

        lengths = sorted({length for pair in self.pairs for length in (pair.long, pair.short)})
        ratios = {share(length): Recording(share(length), ratio(self.of, length)) for length in lengths}
        apart = (f'label_replace({lower(pair)}, "pair", "{i}", "", "")' for i, pair in enumerate(self.pairs, 1))
        level = Recording(level_of(name), f"max({' or '.join(apart)})")
        return query(name, (*ratios.values(), level))

    def limit(self, pair: Pair) -> float:
        """The share of bad calls that a pair lets pass."""
        return round(pair.burn * (1.0 - self.objective), 12)  # 1 - 0.99 is a little more than 0.01

    def harder(self, times: float) -> Self | None:
        pairs = (pair.model_copy(update={"burn": scaled(pair.burn, times)}) for pair in self.pairs)
        left = tuple(pair for pair in pairs if self.limit(pair) < 1.0)
        return self.model_copy(update={"pairs": left}) if left else None

    def needs(self) -> list[Need]:
        return [
            Need(self.limit(pair), pair.long, what=f"burn {pair.burn:g} over {format_duration(pair.long)}")
            for pair in self.pairs
        ]

    def never(self) -> list[str]:
        return [
            f"burn {pair.burn:g} over {format_duration(pair.long)} at an objective of {format_share(self.objective)}: "
            f"it needs {self.limit(pair):.4g} times as many bad calls as there are calls"
            for pair in self.pairs
            if self.limit(pair) >= 1.0
        ]


class Burning:
    """The pairs at work. Their windows share what they hold where they are as long."""

    def __init__(self, rule: BurnRate, step: float) -> None:
        lengths = {length for pair in rule.pairs for length in (pair.long, pair.short)}
        self._windows = {length: Window(length, step) for length in sorted(lengths)}
        self._of = signal(rule.of).of
        self._pairs = [(self._windows[pair.long], self._windows[pair.short], rule.limit(pair)) for pair in rule.pairs]
        self.level: float | None = None

    def see(self, tick: Tick) -> bool:
        sums = self._of(tick)
        for window in self._windows.values():
            window.add(sums)
        levels = [
            min(longer, shorter) / limit
            for long, short, limit in self._pairs
            if (longer := long.ratio) is not None and (shorter := short.ratio) is not None
        ]
        self.level = max(levels, default=None)
        return self.level is not None and self.level > 1.0
