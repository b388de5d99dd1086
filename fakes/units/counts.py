"""Whole numbers: ``4000``, ``4k``, ``2M``. Only these may be bare."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from .decimals import SUFFIXES, suffixed
from .unit import Unit, UnitError


def parse_count(text: str) -> int:
    """A whole number from ``4000``, ``4k`` (4,000) or ``2M`` (2,000,000). Raises UnitError."""
    return _COUNT.parse(text)


def format_count(value: int) -> str:
    """The count, with a suffix where that is exact and shorter: ``4k``, ``2M``, ``1234``.

    ``parse_count`` gives ``value`` back. Raises UnitError if it is negative.
    """
    if not 0 <= value < 10**15:
        raise UnitError(_COUNT.expected)
    return suffixed(str(value))


def _to_count(text: str) -> int:
    digits = text.rstrip("kM")
    return int(Fraction(digits) * SUFFIXES[text[len(digits) :]])


def _repair_count(text: str) -> str:
    return text.replace("_", "").replace("K", "k").replace("m", "M")


_COUNT = Unit(
    expected='a count such as 4000 or "4k"',
    # As many decimals as still leave a whole number.
    pattern=(r"^(?:[0-9]{1,15}|[0-9]{1,12}(?:\.[0-9]{1,3})?k|[0-9]{1,9}(?:\.[0-9]{1,6})?M)$"),
    read=_to_count,
    write=format_count,
    repair=_repair_count,
    plain=int,
    said=None,
    description="A whole number; k stands for a thousand, M for a million.",
    examples=("4000", "4k", "2M"),
)

TokenCount = Annotated[int, _COUNT]
"""A whole number, written ``4000``, ``4k``, ``2M``."""
