"""Amounts in dollars: ``$500``, ``$0.50``."""

from __future__ import annotations

from typing import Annotated

from .prices import format_price
from .unit import Unit, UnitError


class Amount(float):
    """What ``dollars`` returns; a ``Money`` takes it as it is."""


def dollars(value: str | float) -> float:
    """For a ``Money`` in Python code: from ``"$500"`` or a number of dollars. Raises UnitError."""
    return Amount(parse_money(value if isinstance(value, str) else format_money(value)))


def parse_money(text: str) -> float:
    """Dollars from ``$500`` or ``$0.50``. Raises UnitError."""
    return _MONEY.parse(text)


def format_money(value: float) -> str:
    """The amount as one would write it: ``$500``, ``$2.50``, ``$0.125``.

    ``parse_money`` gives exactly ``value`` back. Raises UnitError if it is negative, or a quadrillion and more.
    """
    if not 0 <= value < 10**15:
        raise UnitError(_MONEY.expected)
    return format_price(value).removesuffix("/M")


def _to_dollars(text: str) -> float:
    return float(text.removeprefix("$"))


def _repair_money(text: str) -> str:
    return "$" + text.strip("$").replace(",", "")


_MONEY = Unit(
    expected='an amount such as "$500"',
    pattern=r"^\$[0-9]{1,15}(?:\.[0-9]{1,400})?$",
    read=_to_dollars,
    write=format_money,
    repair=_repair_money,
    plain=float,
    said=Amount,
    description="An amount in dollars.",
    examples=("$500", "$0.50"),
)

Money = Annotated[float, _MONEY]
"""Dollars, written ``$500``."""
