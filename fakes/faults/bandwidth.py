"""A narrow line: everything comes, at its pace."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..moments import InBody
from ..plan import Plan
from ..rests import trickling
from ..units import Size
from .base import Fault

_GAP = 0.05
"""Seconds between two pieces, or more where a byte takes longer."""


class Bandwidth(Fault):
    """From the moment given no more than so many bytes a second come. The slot is given back, as the service has done
    its part."""

    kind: Literal["bandwidth"] = "bandwidth"
    at: Literal["before_headers"] | InBody = "before_headers"
    per_second: Annotated[Size, Field(gt=0, description="what comes through in a second")] = 1024
    example: ClassVar[dict[str, Any]] = {"kind": "bandwidth", "per_second": "100B"}

    def instead(self, rest: Plan) -> Plan | None:
        size = max(1, round(self.per_second * _GAP))
        return trickling(rest, size, size / self.per_second)
