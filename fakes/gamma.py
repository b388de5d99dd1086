"""The gamma distribution, by its mean and how far it spreads."""

from __future__ import annotations

from statistics import NormalDist
from typing import Annotated, Generic

from pydantic import Field, model_validator

from .figures import Figure, Spread
from .incomplete_gamma import LARGEST, inverse

_normal_quantile = NormalDist().inv_cdf


class Gamma(Spread[Figure], Generic[Figure]):
    """By its mean, and its shape or its coefficient of variation, which is the standard deviation as a multiple of the
    mean: the larger the shape, the closer to the mean; at a shape and a coefficient of 1 it is exponential."""

    mean: Figure
    cv: Annotated[float | None, Field(ge=0.01, le=10.0)] = None
    shape: Annotated[float | None, Field(ge=0.01, le=LARGEST)] = None

    @model_validator(mode="after")
    def _one_way(self) -> Gamma[Figure]:
        if (self.cv is None) == (self.shape is None):
            raise ValueError("expected mean with either cv or shape")
        return self

    @property
    def k(self) -> float:
        """The shape, however it is given."""
        return self.cv**-2 if self.cv is not None else self.shape or 1.0

    def at(self, u: float) -> float:
        k = self.k
        return self.mean / k * inverse(k, u, _normal_quantile(u))
