"""How much load a client leaves a service standing under, as `run.json` has it beside a comparison."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from .part import Estimate, Part

Share = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]
Times = Annotated[FiniteFloat, Field(ge=0.0, description="of the scenario's own load")]


class Diagram(Part):
    """What becomes of the service by load (columns) and by something else (rows): of each place the shares of worlds in
    which it comes back, stays down though it could do the work, and is overloaded even without trouble."""

    by: Annotated[str, Field(description="what the rows are: `trouble`, or the name of a value")]
    rows: Annotated[list[str], Field(min_length=1)]
    loads: Annotated[list[Times], Field(min_length=1)]
    back: list[list[Share]]
    down: list[list[Share]]

    @model_validator(mode="after")
    def _is_a_table(self) -> Diagram:
        for name in ("back", "down"):
            table = getattr(self, name)
            if len(table) != len(self.rows) or any(len(row) != len(self.loads) for row in table):
                raise ValueError(f"{name}: expected a row a row, and a column a load")
        return self


class Stability(Part):
    """One client in one scenario. A world is a seed."""

    scenario: str
    client: str
    worlds: Annotated[int, Field(ge=1)]
    turns_at: Annotated[Estimate, Field(description="the load from which it does not come back: the mean over worlds")]
    safe: Annotated[Times, Field(description="the largest load at which it came back in every world; 0: at none")]
    highest: Annotated[Times, Field(description="that was tried")]
    diagrams: list[Diagram]
