"""What all kinds of values have in common: how they are read and refused, and their place in pydantic models."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .decimals import ABSURD, digits_of, exact

Number = TypeVar("Number", int, float)


class UnitError(ValueError):
    """A value without a unit, with an unknown one, or out of range.

    ``expected`` says what would have been right; ``hint`` what to write instead, where the value
    lets one guess, and is empty otherwise.
    """

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected, hint)
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        return f"expected {self.expected}" + (f"; {self.hint}" if self.hint else "")


@dataclass(frozen=True, slots=True)
class Unit(Generic[Number]):
    """One kind of value: what it looks like, how it is read, written, described and repaired."""

    expected: str
    pattern: str
    """For Python and JSON Schema alike; whatever matches can be read."""
    read: Callable[[str], Number]
    write: Callable[[Number], str]
    repair: Callable[[str], str]
    """Turns what somebody wrote, without its blanks, into what may have been meant."""
    plain: type[Number]
    said: type[Number] | None
    """Marks a number whose unit Python code has said; None where a bare number will do."""
    description: str
    examples: tuple[str, ...]

    def matches(self, text: str) -> bool:
        return re.fullmatch(self.pattern.strip("^$"), text) is not None

    def parse(self, text: str) -> Number:
        if not self.matches(text):
            raise UnitError(self.expected, self._hint(text))
        return self.read(text)

    def _hint(self, text: str) -> str:
        closed_up = "".join(text.split())
        bare = closed_up.lstrip("$+-")
        if len(closed_up) > 50 or not bare[:1].isdecimal():
            return ""
        if "-" in closed_up.removesuffix(bare):
            return "it cannot be negative"
        repaired = self.repair(closed_up.lstrip("+"))
        return f'write "{repaired}"' if self.matches(repaired) else ""

    def validate(self, value: object) -> Number:
        """The plain number. Raises what pydantic turns into one line of its report."""
        try:
            return self.number(value)
        except UnitError as error:
            # The parts travel along, so that a file's loader can say what stood there instead.
            parts = {"text": str(error), "expected": error.expected, "hint": error.hint}
            raise PydanticCustomError("unit", "{text}", parts) from None

    def number(self, value: object) -> Number:
        """The same, by itself. Raises UnitError."""
        if self.said and isinstance(value, self.said):
            return self.plain(value)
        if isinstance(value, int | float) and abs(value) < ABSURD and not isinstance(value, bool):
            value = digits_of(exact(value))  # its digits are refused, with a hint, or are a count
        if isinstance(value, str):
            return self.parse(value)
        raise UnitError(self.expected)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.validate,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        text = {"type": "string", "pattern": self.pattern}
        about = {"description": self.description, "examples": list(self.examples)}
        if self.said is None:
            return {"anyOf": [{"type": "integer", "minimum": 0}, text], **about}
        return {**text, **about}
