"""Lengths of time: ``10s``, ``250ms``, ``1m30s``."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from .decimals import ABSURD, DECIMAL, digits_of, exact
from .unit import Unit, UnitError

_DURATIONS = {
    "d": Fraction(86_400),
    "h": Fraction(3600),
    "m": Fraction(60),
    "s": Fraction(1),
    "ms": Fraction(1, 1000),
    "us": Fraction(1, 1_000_000),
}

# What people write for a unit of time. Files spell a unit one way; this is for hints.
SPELLINGS = {
    **dict.fromkeys(("S", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("M", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("H", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("D", "day", "days"), "d"),
    **dict.fromkeys(("msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("\u00b5s", "\u03bcs", "usec", "micros", "microsecond", "microseconds"), "us"),
}


class Seconds(float):
    """What ``seconds`` returns; a ``Duration`` takes it as it is."""


def seconds(value: str | float | timedelta) -> float:
    """For a ``Duration`` in Python code: from ``"1.5s"``, a number of seconds, or a timedelta.

    Raises UnitError if it is negative, endless or not a number.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    return Seconds(parse_duration(value if isinstance(value, str) else format_duration(value)))


def parse_duration(text: str) -> float:
    """Seconds from ``10s``, ``250ms``, ``1.5m``, ``2h``, ``1d``, ``500us`` or ``1m30s``.

    Raises UnitError for anything else, so for a negative duration too.
    """
    return _DURATION.parse(text)


def format_duration(value: float) -> str:
    """The duration as one would write it: ``250ms``, ``10s``, ``1m30s``, ``2h``.

    ``parse_duration`` gives exactly ``value`` back, up to a million years. Raises UnitError if
    it is negative, endless or not a number.
    """
    if not 0 <= value < ABSURD:
        raise UnitError(_DURATION.expected)
    left = exact(value)
    if left < 60:
        unit = "s" if left >= 1 or not left else "ms" if left >= Decimal("0.001") else "us"
        return f"{digits_of(left * _DURATIONS[unit].denominator)}{unit}"
    text = ""
    for unit in ("d", "h", "m"):
        whole, left = divmod(left, _DURATIONS[unit].numerator)
        text += f"{int(whole)}{unit}" if whole else ""
    return text + (f"{digits_of(left)}s" if left else "")


def _to_seconds(text: str) -> float:
    parts = re.findall(f"({DECIMAL})([a-z]+)", text)
    return float(sum(Fraction(number) * _DURATIONS[unit] for number, unit in parts))


def _repair_duration(text: str) -> str:
    repaired = re.sub(r"[^\W\d_]+", lambda unit: SPELLINGS.get(unit[0], unit[0]), text)
    return repaired + "s" if repaired[-1:].isdecimal() else repaired


class _Timed(Unit[float]):
    """Takes a timedelta, too: it says its unit itself."""

    __slots__ = ()

    def number(self, value: object) -> float:
        return super().number(seconds(value) if isinstance(value, timedelta) else value)


_DURATION = _Timed(
    expected='a duration such as "10s"',
    # The largest unit first and each at most once; what stands ahead refuses the empty text.
    pattern=f"^(?=[0-9]){''.join(f'(?:{DECIMAL}{unit})?' for unit in _DURATIONS)}$",
    read=_to_seconds,
    write=format_duration,
    repair=_repair_duration,
    plain=float,
    said=Seconds,
    description="A length of time with its unit: d, h, m, s, ms or us.",
    examples=("10s", "250ms", "1m30s"),
)

Duration = Annotated[float, _DURATION]
"""Seconds, written ``10s``, ``250ms``, ``1m30s``."""
