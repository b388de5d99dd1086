"""Dollars for a million tokens: ``$2/M``, ``$2.50/M``."""

from __future__ import annotations

from typing import Annotated

from .decimals import digits_of, exact
from .unit import Unit, UnitError

# How people write "for a million tokens"; without any, a million is meant.
_MILLIONS = ("", "m", "1m", "mtok", "mtoken", "mtokens", "million", "milliontokens")


class Dollars(float):
    """What ``per_million`` returns; a ``Price`` takes it as it is."""


def per_million(value: str | float) -> float:
    """For a ``Price`` in Python code: from ``"$2.50/M"`` or a number of dollars. Raises UnitError."""
    return Dollars(parse_price(value if isinstance(value, str) else format_price(value)))


def parse_price(text: str) -> float:
    """Dollars for a million tokens from ``$2/M`` or ``$2.50/M``. Raises UnitError."""
    return _PRICE.parse(text)


def format_price(value: float) -> str:
    """The price as price lists have it: ``$2/M``, ``$2.50/M``, ``$0.125/M``.

    ``parse_price`` gives exactly ``value`` back. Raises UnitError if it is negative, or a quadrillion and more.
    """
    if not 0 <= value < 10**15:
        raise UnitError(_PRICE.expected)
    digits = digits_of(exact(value))
    return f"${digits}0/M" if digits[-2:-1] == "." else f"${digits}/M"


def _to_price(text: str) -> float:
    return float(text.removeprefix("$").removesuffix("/M"))


def _repair_price(text: str) -> str:
    amount, _, per = text.partition("/")
    return f"${amount.strip('$')}/M" if per.lower() in _MILLIONS else text


_PRICE = Unit(
    expected='a price such as "$2.50/M"',
    pattern=r"^\$[0-9]{1,15}(?:\.[0-9]{1,400})?/M$",
    read=_to_price,
    write=format_price,
    repair=_repair_price,
    plain=float,
    said=Dollars,
    description="Dollars for a million tokens.",
    examples=("$2/M", "$0.50/M"),
)

Price = Annotated[float, _PRICE]
"""Dollars for a million tokens, written ``$2/M``."""
