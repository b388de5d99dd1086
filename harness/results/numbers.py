"""Which numbers may stand in a run."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

Count = Annotated[int, Field(ge=0, le=2**53)]
Seed = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Chance = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]
Positive = Annotated[FiniteFloat, Field(gt=0.0)]
