"""What files of results are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema


class Part(BaseModel):
    """A frozen record that refuses what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


def _a_number(value: float) -> float:
    if value != value:
        raise ValueError("not a number")
    return value


Figure = Annotated[
    float,
    AfterValidator(_a_number),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"enum": ["Infinity", "-Infinity"]}]}),
]
"""A number, or `"Infinity"` for what never happens: JSON itself has no word for it."""
