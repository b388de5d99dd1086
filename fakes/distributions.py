"""Distributions as values that turn one uniform draw into one figure. They own no generator.

In a file a distribution is a single figure (``10s``), or a mapping: ``{mean: 10s}`` is exponential,
``{median: 10s, p95: 30s}`` lognormal, ``{mean: 10s, cv: 0.5}`` or ``{mean: 10s, shape: 4}`` gamma,
``{from: 1s, to: 2s}`` uniform, ``{values: [1s, 2s, 9s]}`` what was seen, ``{quantiles: [...]}`` the same by
quantiles, and ``{mix: [...]}`` a mixture of these, for instance of honest answers and a few hangs.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Annotated, Any, Generic

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, model_validator

from .empirical import ByQuantiles, Empirical
from .figures import Figure, Spread
from .gamma import Gamma
from .units import Duration, Share, TokenCount

normal_quantile = NormalDist().inv_cdf
"""The inverse of the standard normal distribution, on the open interval (0, 1)."""
_Z95 = normal_quantile(0.95)


class Constant(RootModel[Figure], Generic[Figure]):
    """Always the same figure; in a file it stands alone."""

    model_config = ConfigDict(frozen=True)

    def at(self, u: float) -> float:
        """The figure, whatever the draw."""
        return self.root


class Exponential(Spread[Figure], Generic[Figure]):
    """Memoryless, by its mean."""

    mean: Figure

    def at(self, u: float) -> float:
        return -self.mean * math.log1p(-u)


class LogNormal(Spread[Figure], Generic[Figure]):
    """The usual shape of a service's latency, by its median and its 95th percentile."""

    median: Figure
    p95: Figure

    @model_validator(mode="after")
    def _ordered(self) -> LogNormal[Figure]:
        if not 0 < self.median <= self.p95:
            raise ValueError("p95 must not be below median, and median must be above 0")
        return self

    @property
    def sigma(self) -> float:
        """The standard deviation of the logarithm."""
        return math.log(self.p95 / self.median) / _Z95

    def at(self, u: float) -> float:
        return self.median * math.exp(self.sigma * normal_quantile(u))


class Uniform(Spread[Figure], Generic[Figure]):
    """Anything between two figures, alike."""

    low: Figure = Field(alias="from")
    high: Figure = Field(alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> Uniform[Figure]:
        if self.high < self.low:
            raise ValueError("to must not be below from")
        return self

    def at(self, u: float) -> float:
        return self.low + (self.high - self.low) * u


def seconds_always(seconds: float) -> Constant[Duration]:
    """The default of a field: always that long."""
    return Constant[Duration].model_construct(root=seconds)


def tokens_always(count: int) -> Constant[TokenCount]:
    """The default of a field: always that many tokens."""
    return Constant[TokenCount].model_construct(root=count)


def _shape(given: Any) -> str:
    """Which distribution a value from a file is meant to be."""
    if isinstance(given, BaseModel):
        return type(given).__name__.split("[")[0].lower()
    if not isinstance(given, dict):
        return "constant"
    for key, shape in _SHAPES.items():
        if key in given:
            return shape
    return "lognormal"


_SHAPES = {
    **{"mix": "mixture", "values": "empirical", "quantiles": "byquantiles", "cv": "gamma", "shape": "gamma"},
    **{"mean": "exponential", "from": "uniform", "to": "uniform"},
}
"""Key -> the distribution that has it; the first that is there decides."""


class Part(Spread[Figure], Generic[Figure]):
    """One component of a mixture and how often it is drawn."""

    share: Annotated[Share, Field(gt=0)]
    of: Annotated[
        Annotated[Constant[Figure], Tag("constant")]
        | Annotated[Exponential[Figure], Tag("exponential")]
        | Annotated[LogNormal[Figure], Tag("lognormal")]
        | Annotated[Uniform[Figure], Tag("uniform")]
        | Annotated[Gamma[Figure], Tag("gamma")]
        | Annotated[Empirical[Figure], Tag("empirical")]
        | Annotated[ByQuantiles[Figure], Tag("byquantiles")],
        Discriminator(_shape),
    ]


class Mixture(Spread[Figure], Generic[Figure]):
    """One of several distributions, by share; the shares make up 100%."""

    mix: tuple[Part[Figure], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> Mixture[Figure]:
        if not math.isclose(total := sum(part.share for part in self.mix), 1.0, abs_tol=1e-9):
            raise ValueError(f"the shares of a mix must make up 100%, these make up {total * 100:.6g}%")
        return self

    def at(self, u: float) -> float:
        # One draw serves both questions: where u falls picks the part, how far into it is the draw for the part.
        *others, part = self.mix
        for other in others:
            if u < other.share:
                part = other
                break
            u -= other.share
        # Rounding may leave a part with an end of its interval, where its inverse is not defined.
        return part.of.at(min(max(u / part.share, 2.0**-53), 1 - 2.0**-53))


Durations = Annotated[
    Annotated[Constant[Duration], Tag("constant")]
    | Annotated[Exponential[Duration], Tag("exponential")]
    | Annotated[LogNormal[Duration], Tag("lognormal")]
    | Annotated[Uniform[Duration], Tag("uniform")]
    | Annotated[Gamma[Duration], Tag("gamma")]
    | Annotated[Empirical[Duration], Tag("empirical")]
    | Annotated[ByQuantiles[Duration], Tag("byquantiles")]
    | Annotated[Mixture[Duration], Tag("mixture")],
    Discriminator(_shape),
]
TokenCounts = Annotated[
    Annotated[Constant[TokenCount], Tag("constant")]
    | Annotated[Exponential[TokenCount], Tag("exponential")]
    | Annotated[LogNormal[TokenCount], Tag("lognormal")]
    | Annotated[Uniform[TokenCount], Tag("uniform")]
    | Annotated[Gamma[TokenCount], Tag("gamma")]
    | Annotated[Empirical[TokenCount], Tag("empirical")]
    | Annotated[ByQuantiles[TokenCount], Tag("byquantiles")]
    | Annotated[Mixture[TokenCount], Tag("mixture")],
    Discriminator(_shape),
]
