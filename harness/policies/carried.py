"""Limits that a layer sets and the innermost one keeps: they are about each attempt, whoever retries it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from brownout.fakes.units import Duration

from .call import Call
from .effects import Run, Steps
from .layer import Layer, Site


class CarriedLimit(Layer):
    """Of two such layers the shorter limit counts."""

    carries: ClassVar[Literal["first_byte", "first_token", "gap"]]
    """The attribute of a `Call` that takes it along."""
    limit: Annotated[Duration, Field(gt=0)]

    def wrap(self, inner: Run, site: Site) -> Run:
        limit, carries = self.limit, self.carries

        def run(call: Call) -> Steps:
            """No generator of its own, through which every step would have to pass. Nobody has to take the limit back:
            it is the same whenever the call comes by again, and what lies outside does not look at it."""
            before: float | None = getattr(call, carries)
            if before is None or limit < before:
                setattr(call, carries, limit)
            return inner(call)

        return run

    def limits(self) -> dict[str, float]:
        return {self.name.replace("_", " "): self.limit}
