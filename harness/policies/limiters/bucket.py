"""A fixed rate."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Rate

from .base import Limiter, Pace


class Bucket(Limiter):
    """`rate` on average, and up to `burst` at once."""

    name: ClassVar[str] = "bucket"
    example: ClassVar[dict[str, Any]] = {"kind": "bucket", "rate": "10/s", "burst": 20}
    rate: Annotated[Rate, Field(gt=0)]
    burst: Annotated[float, Field(ge=1)] = 1.0

    def open(self) -> Pace:
        return Pace(self.rate, self.burst)
