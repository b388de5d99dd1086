"""The range in which a value is searched where nothing is said but its name: around what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from brownout.fakes.units import UnitError, format_duration, format_share, parse_duration, parse_share

from ..client import Client
from ..files.errors import Location

FACTOR = 4.0
"""A duration may be so much shorter or longer."""
_DIGITS = 3


def around(client: Client, name: str, at: Location, value: Any) -> str:
    """A range around what it is. Raises `ValueError` where that says none."""
    lows, highs = ends(value)
    low = next((text for text in lows if _fits(client, at, text)), None)
    high = next((text for text in highs if _fits(client, at, text)), None)
    if low is None or high is None or low == high:
        what = "is not set" if value is None else f"is {value}"
        raise ValueError(f"{name} {what}: say between which values it may lie, as in --open {name}=LOW..HIGH")
    return f"{low}..{high}"


def ends(value: Any) -> tuple[Sequence[str], Sequence[str]]:
    """The ends of a range, each with what to fall back on where the client may not have that: a quarter to four times a
    duration, none to twice a count and two more, half to twice a share. Of anything else none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return ("0", "1"), (str(2 * value + 2), str(value + 1), str(value))
    if isinstance(value, str) and not value.startswith("0"):  # twice nothing is nothing
        try:
            seconds = parse_duration(value)
            return (_duration(seconds / FACTOR),), (_duration(seconds * FACTOR),)
        except UnitError:
            pass
        try:
            share = parse_share(value)
            return (_share(share / 2.0),), (_share(min(1.0, 2.0 * share)), _share(0.99), value)
        except UnitError:
            pass
    return (), ()


def _duration(seconds: float) -> str:
    return format_duration(float(f"{seconds:.{_DIGITS}g}"))


def _share(share: float) -> str:
    return format_share(float(f"{share:.{_DIGITS}g}"))


def _fits(client: Client, at: Location, text: str) -> bool:
    """Whether the client may have that there."""
    data: Any = client.model_dump(mode="json", by_alias=True)
    inner = data
    for step in at[:-1]:
        inner = inner[step]
    inner[at[-1]] = int(text) if text.isdecimal() else text
    try:
        Client.model_validate(data)
    except ValidationError:
        return False
    return True
