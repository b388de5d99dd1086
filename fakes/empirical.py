"""Distributions as they were observed: by what was seen, or by quantiles of it."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Annotated, Any, Generic

from pydantic import Field, model_validator

from .figures import Figure, Spread
from .units import Share


class Seen(Spread[Figure], Generic[Figure]):
    """A figure that was seen, and how often."""

    value: Figure
    weight: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0


class Empirical(Spread[Figure], Generic[Figure]):
    """One of these, each as often as its weight says: figures of a log, say. A figure alone has a weight of 1."""

    values: Annotated[tuple[Seen[Figure], ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(values := given.get("values"), list | tuple):
            bare = [each if isinstance(each, dict | Seen) else {"value": each} for each in values]
            return given | {"values": bare}
        return given

    @cached_property
    def _sorted(self) -> tuple[list[float], list[float]]:
        """The figures from the smallest on, and the shares up to each."""
        values = sorted(self.values, key=lambda seen: seen.value)
        upto = list(accumulate(seen.weight for seen in values))
        return [seen.value for seen in values], [each / upto[-1] for each in upto]

    def at(self, u: float) -> float:
        figures, upto = self._sorted
        return figures[min(bisect_right(upto, u), len(figures) - 1)]


class Quantile(Spread[Figure], Generic[Figure]):
    """A share of all is at most that large."""

    at: Share
    value: Figure


class ByQuantiles(Spread[Figure], Generic[Figure]):
    """By quantiles, from 0% to 100%, with everything alike between two of them."""

    quantiles: Annotated[tuple[Quantile[Figure], ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _ordered(self) -> ByQuantiles[Figure]:
        if self.quantiles[0].at != 0.0 or self.quantiles[-1].at != 1.0:
            raise ValueError("the first quantile must be at 0% and the last at 100%")
        if any(one.at >= other.at or one.value > other.value for one, other in pairwise(self.quantiles)):
            raise ValueError("quantiles must go up, and each share stand there once")
        return self

    @cached_property
    def _points(self) -> tuple[list[float], list[float]]:
        return [each.at for each in self.quantiles], [each.value for each in self.quantiles]

    def at(self, u: float) -> float:
        shares, figures = self._points
        i = min(bisect_right(shares, u), len(shares) - 1)
        within = (u - shares[i - 1]) / (shares[i] - shares[i - 1])
        return figures[i - 1] + (figures[i] - figures[i - 1]) * within
