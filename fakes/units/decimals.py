"""Decimal numbers: what of them is read, and how they are written so that reading gives the very same number back."""

from __future__ import annotations

from decimal import Decimal

SUFFIXES = {"": 1, "k": 1000, "M": 1_000_000}

# Decimals enough for the smallest float there is, too few to keep a hostile file's reader busy.
DECIMAL = r"[0-9]{1,12}(?:\.[0-9]{1,400})?"
ABSURD = 1e25  # far above whatever is read, and below what Decimal divides exactly


def exact(value: float) -> Decimal:
    """The shortest decimal that reads back as this very float: mostly what somebody wrote."""
    return Decimal(repr(value + 0.0))  # so that -0.0 has no sign


def digits_of(value: Decimal) -> str:
    """Digits without an exponent, and without zeros at the end that say nothing."""
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def suffixed(digits: str) -> str:
    """The number with ``k`` or ``M`` for the zeros at its end."""
    for suffix, zeros in (("M", "000000"), ("k", "000")):
        if digits.isdecimal() and digits.endswith(zeros):
            return digits.removesuffix(zeros) + suffix
    return digits
