"""How long to wait before a retry: growth, and the jitter that keeps clients apart."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from brownout.fakes.units import Duration

LONGEST = 1e9
"""Seconds, thirty years: no delay is longer, so that none is too large for a float."""


class AdditiveJitter(BaseModel):
    """Up to this much is added to the delay, evenly."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    additive: Annotated[Duration, Field(gt=0)]


class Backoff(BaseModel):
    """Waits that grow, at most to `max`: `constant` is `base` each time; `exponential` is `base`, `base` x `factor`,
    `base` x `factor`², ...; `fibonacci` is `base` x 1, 1, 2, 3, 5, ...

    Jitter, for a delay d: `none` waits d; `full` evenly from 0 to d; `equal` from d/2 to d; `{additive: 1s}` from d to
    d + 1 s; `decorrelated` has no use for the growth, and waits evenly from `base` to three times the wait before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    growth: Literal["constant", "exponential", "fibonacci"] = "exponential"
    base: Annotated[Duration, Field(gt=0)] = 1.0
    factor: Annotated[float, Field(ge=1)] = 2.0
    max: Annotated[Duration | None, Field(gt=0)] = None
    jitter: Literal["none", "full", "equal", "decorrelated"] | AdditiveJitter = "full"

    def delay(self, retry: int, u: float, before: float | None = None) -> float:
        """Seconds before the `retry`-th retry, counted from 0; `u` is a draw from (0, 1), `before` the wait before."""
        longest = LONGEST if self.max is None else self.max
        match self.jitter:
            case "decorrelated":
                last = self.base if before is None else before
                return min(longest, self.base + u * max(0.0, 3.0 * last - self.base))
            case "full":
                return self._grown(retry, longest) * u
            case "equal":
                return self._grown(retry, longest) * (1.0 + u) / 2.0
            case AdditiveJitter(additive=additive):
                return self._grown(retry, longest) + additive * u
        return self._grown(retry, longest)

    def _grown(self, retry: int, longest: float) -> float:
        try:
            match self.growth:
                case "exponential":
                    return min(self.base * self.factor**retry, longest)
                case "fibonacci":
                    return min(self.base * _fibonacci(retry), longest)
        except OverflowError:
            return longest
        return min(self.base, longest)


def _fibonacci(n: int) -> int:
    """1, 1, 2, 3, 5, ..., from n = 0."""
    before, now = 0, 1
    for _ in range(n):
        before, now = now, before + now
    return now
