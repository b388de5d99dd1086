"""Numbers of bytes: ``512B``, ``4KiB``, ``10MB``."""

from __future__ import annotations

import re
from typing import Annotated

from .decimals import ABSURD
from .unit import Unit, UnitError

_SIZES = {
    "B": 1,
    "kB": 10**3,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
}


class Bytes(int):
    """What ``size`` returns; a ``Size`` takes it as it is."""


def size(value: str | int) -> int:
    """For a ``Size`` in Python code: from ``"4KiB"`` or a number of bytes. Raises UnitError."""
    return Bytes(parse_size(value if isinstance(value, str) else format_size(value)))


def parse_size(text: str) -> int:
    """Bytes from ``512B``, ``4KiB`` (4 * 1024) or ``10MB`` (10 * 1000 * 1000). Raises UnitError."""
    return _SIZE.parse(text)


def format_size(value: int) -> str:
    """The size in the unit that makes it shortest: ``4KiB``, ``10MB``, ``1001B``.

    ``parse_size`` gives ``value`` back. Raises UnitError if it is negative.
    """
    if not 0 <= value < ABSURD:
        raise UnitError(_SIZE.expected)
    units = (unit for unit in _SIZES if value % _SIZES[unit] == 0)
    return min((f"{value // _SIZES[unit]}{unit}" for unit in units), key=len)


def _to_bytes(text: str) -> int:
    digits = text.rstrip("kKMGiB")
    return int(digits) * _SIZES[text[len(digits) :]]


def _repair_size(text: str) -> str:
    digits = re.match("[0-9]*", text)
    unit = text[digits.end() :].lower() if digits else ""
    near = [known for known in _SIZES if known.lower() == (unit or "b")]
    return text[: len(text) - len(unit)] + near[0] if near else text


_SIZE = Unit(
    expected='a size such as "4KiB"',
    pattern=f"^[0-9]{{1,15}}(?:{'|'.join(_SIZES)})$",
    read=_to_bytes,
    write=format_size,
    repair=_repair_size,
    plain=int,
    said=Bytes,
    description="A number of bytes with its unit: B, kB, MB, GB (1000) or KiB, MiB, GiB (1024).",
    examples=("4KiB", "10MB", "512B"),
)

Size = Annotated[int, _SIZE]
"""Bytes, written ``4KiB``, ``10MB``, ``512B``."""
