"""How many times as much: ``x2``, ``x0.5``."""

from __future__ import annotations

from typing import Annotated

from .decimals import DECIMAL, digits_of, exact
from .unit import Unit, UnitError


class Times(float):
    """What ``times`` returns; a ``Factor`` takes it as it is."""


def times(value: str | float) -> float:
    """For a ``Factor`` in Python code: from ``"x2"`` or a number. Raises UnitError."""
    return Times(parse_factor(value if isinstance(value, str) else format_factor(value)))


def parse_factor(text: str) -> float:
    """How many times as much, from ``x2`` or ``x0.5``. Raises UnitError."""
    return _FACTOR.parse(text)


def format_factor(value: float) -> str:
    """The factor as one would write it: ``x2``, ``x0.5``.

    ``parse_factor`` gives exactly ``value`` back. Raises UnitError if it is negative, endless or not a number.
    """
    if not 0 <= value < 10**12:
        raise UnitError(_FACTOR.expected)
    return f"x{digits_of(exact(value))}"


def _to_factor(text: str) -> float:
    return float(text.removeprefix("x"))


def _repair_factor(text: str) -> str:
    return "x" + text.strip("xX*")


_FACTOR = Unit(
    expected='a factor such as "x2"',
    pattern=f"^x{DECIMAL}$",
    read=_to_factor,
    write=format_factor,
    repair=_repair_factor,
    plain=float,
    said=Times,
    description="How many times as much or as fast.",
    examples=("x2", "x0.5", "x60"),
)

Factor = Annotated[float, _FACTOR]
"""How many times as much, written ``x2``, ``x0.5``."""
