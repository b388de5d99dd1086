"""Shares of one, in percent: ``30%``."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from .decimals import digits_of, exact
from .unit import Unit, UnitError


class Portion(float):
    """What ``share`` returns; a ``Share`` takes it as it is."""


def share(value: str | float) -> float:
    """For a ``Share`` in Python code: from ``"30%"`` or a number from 0 to 1. Raises UnitError."""
    return Portion(parse_share(value if isinstance(value, str) else format_share(value)))


def parse_share(text: str) -> float:
    """A number from 0 to 1, from ``0%`` to ``100%``. Raises UnitError for anything else."""
    return _SHARE.parse(text)


def format_share(value: float) -> str:
    """A share in percent: ``30%``. ``parse_share`` gives exactly ``value`` back.

    Raises UnitError if it is not from 0 to 1.
    """
    if not 0 <= value <= 1:
        raise UnitError(_SHARE.expected)
    return f"{digits_of(exact(value) * 100)}%"


def _to_share(text: str) -> float:
    return float(Fraction(text[:-1]) / 100)


def _repair_share(text: str) -> str:
    # What is not above 1 was likelier meant as a share of one than as a percent or less.
    if re.fullmatch(r"0\.[0-9]{1,15}|1|1\.0", text):
        return digits_of(Decimal(text) * 100) + "%"
    return text if text.endswith("%") else text + "%"


_SHARE = Unit(
    expected='a share from "0%" to "100%"',
    pattern=r"^(?:100(?:\.0{1,400})?|[0-9]{1,2}(?:\.[0-9]{1,400})?)%$",
    read=_to_share,
    write=format_share,
    repair=_repair_share,
    plain=float,
    said=Portion,
    description="A share in percent, from 0% to 100%.",
    examples=("30%", "0.5%", "100%"),
)

Share = Annotated[float, _SHARE]
"""A number from 0 to 1, written ``30%``."""
