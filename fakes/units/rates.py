"""How many in a span of time: ``20/s``, ``1000/min``, ``2M/min``."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from .decimals import ABSURD, DECIMAL, SUFFIXES, digits_of, exact, suffixed
from .durations import SPELLINGS
from .unit import Unit, UnitError

_SPANS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


class PerSecond(float):
    """What ``per_second`` returns; a ``Rate`` takes it as it is."""


def per_second(value: str | float) -> float:
    """For a ``Rate`` in Python code: from ``"20/s"`` or a number per second. Raises UnitError."""
    return PerSecond(parse_rate(value if isinstance(value, str) else format_rate(value)))


def parse_rate(text: str) -> float:
    """Per second from ``20/s``, ``1000/min``, ``2M/min`` or ``5/h``. Raises UnitError."""
    return _RATE.parse(text)


def format_rate(value: float) -> str:
    """The rate per second, or per minute, hour or day where only that is exact: ``2M/min``.

    ``parse_rate`` gives exactly ``value`` back. Raises UnitError if it is negative, endless or not
    a number.
    """
    if not 0 <= value < ABSURD:
        raise UnitError(_RATE.expected)
    spans = (f"{suffixed(f'{value * _SPANS[span]:.12g}')}/{span}" for span in _SPANS)
    lossless = (text for text in spans if _RATE.matches(text) and parse_rate(text) == value)
    return next(lossless, f"{digits_of(exact(value))}/s")


def _to_per_second(text: str) -> float:
    number, span = text.split("/")
    digits = number.rstrip("kM")
    return float(Fraction(digits) * SUFFIXES[number[len(digits) :]] / _SPANS[span])


def _repair_rate(text: str) -> str:
    number, _, span = text.replace("per", "/").partition("/")
    unit = SPELLINGS.get(span or "s", span or "s")
    return f"{number.replace('K', 'k')}/{'min' if unit == 'm' else unit}"


_RATE = Unit(
    expected='a rate such as "20/s"',
    pattern=f"^{DECIMAL}[kM]?/(?:{'|'.join(_SPANS)})$",
    read=_to_per_second,
    write=format_rate,
    repair=_repair_rate,
    plain=float,
    said=PerSecond,
    description="A number per s, min, h or d; k stands for a thousand, M for a million.",
    examples=("20/s", "1000/min", "2M/min"),
)

Rate = Annotated[float, _RATE]
"""Per second, written ``20/s``, ``1000/min``, ``2M/min``."""
