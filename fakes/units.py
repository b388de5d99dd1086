"""Values with units, as people write them in files: ``10s``, ``4KiB``, ``30%``, ``2M/min``, ``x2``, ``4k``.

For each kind of value there is a function that parses it, one that writes it so that parsing gives
the very same number back, and a type for pydantic models. After validation the values are plain
numbers in one base unit: seconds, bytes, a share of one, per second, times, dollars. A bare number is refused,
since whoever reads ``timeout: 30000`` cannot know what it means; only ``TokenCount`` takes one.
Python code says the unit by calling ``seconds``, ``share``, ``per_second``, ``times``, ``per_million`` or ``size``.

Arithmetic is exact until the last step, so ``0.1s`` is the float ``0.1``. Knows nothing of YAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Generic, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = [
    "Duration",
    "Factor",
    "Money",
    "Price",
    "Rate",
    "Share",
    "Size",
    "TokenCount",
    "UnitError",
    "dollars",
    "format_count",
    "format_duration",
    "format_factor",
    "format_money",
    "format_price",
    "format_rate",
    "format_share",
    "format_size",
    "parse_count",
    "parse_duration",
    "parse_factor",
    "parse_money",
    "parse_price",
    "parse_rate",
    "parse_share",
    "parse_size",
    "per_million",
    "per_second",
    "seconds",
    "share",
    "size",
    "times",
]

Number = TypeVar("Number", int, float)

_DURATIONS = {
    "d": Fraction(86_400),
    "h": Fraction(3600),
    "m": Fraction(60),
    "s": Fraction(1),
    "ms": Fraction(1, 1000),
    "us": Fraction(1, 1_000_000),
}
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
_SPANS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_SUFFIXES = {"": 1, "k": 1000, "M": 1_000_000}

# What people write for a unit of time. Files spell a unit one way; this is for hints.
_SPELLINGS = {
    **dict.fromkeys(("S", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("M", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("H", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("D", "day", "days"), "d"),
    **dict.fromkeys(("msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("\u00b5s", "\u03bcs", "usec", "micros", "microsecond", "microseconds"), "us"),
}

# How people write "for a million tokens"; without any, a million is meant.
_MILLIONS = ("", "m", "1m", "mtok", "mtoken", "mtokens", "million", "milliontokens")

# Decimals enough for the smallest float there is, too few to keep a hostile file's reader busy.
_DECIMAL = r"[0-9]{1,12}(?:\.[0-9]{1,400})?"
_ABSURD = 1e25  # far above whatever is read, and below what Decimal divides exactly


class UnitError(ValueError):
    """A value without a unit, with an unknown one, or out of range.

    ``expected`` says what would have been right; ``hint`` what to write instead, where the value
    lets one guess, and is empty otherwise.
    """

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected, hint)
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        return f"expected {self.expected}" + (f"; {self.hint}" if self.hint else "")


# How each kind of value is read and written -----------------------------------------------------


def parse_duration(text: str) -> float:
    """Seconds from ``10s``, ``250ms``, ``1.5m``, ``2h``, ``1d``, ``500us`` or ``1m30s``.

    Raises UnitError for anything else, so for a negative duration too.
    """
    return _DURATION.parse(text)


def _to_seconds(text: str) -> float:
    parts = re.findall(f"({_DECIMAL})([a-z]+)", text)
    return float(sum(Fraction(number) * _DURATIONS[unit] for number, unit in parts))


def _repair_duration(text: str) -> str:
    repaired = re.sub(r"[^\W\d_]+", lambda unit: _SPELLINGS.get(unit[0], unit[0]), text)
    return repaired + "s" if repaired[-1:].isdecimal() else repaired


def format_duration(value: float) -> str:
    """The duration as one would write it: ``250ms``, ``10s``, ``1m30s``, ``2h``.

    ``parse_duration`` gives exactly ``value`` back, up to a million years. Raises UnitError if
    it is negative, endless or not a number.
    """
    if not 0 <= value < _ABSURD:
        raise UnitError(_DURATION.expected)
    left = _exact(value)
    if left < 60:
        unit = "s" if left >= 1 or not left else "ms" if left >= Decimal("0.001") else "us"
        return f"{_plain(left * _DURATIONS[unit].denominator)}{unit}"
    text = ""
    for unit in ("d", "h", "m"):
        whole, left = divmod(left, _DURATIONS[unit].numerator)
        text += f"{int(whole)}{unit}" if whole else ""
    return text + (f"{_plain(left)}s" if left else "")


def parse_size(text: str) -> int:
    """Bytes from ``512B``, ``4KiB`` (4 * 1024) or ``10MB`` (10 * 1000 * 1000). Raises UnitError."""
    return _SIZE.parse(text)


def _to_bytes(text: str) -> int:
    digits = text.rstrip("kKMGiB")
    return int(digits) * _SIZES[text[len(digits) :]]


def _repair_size(text: str) -> str:
    digits = re.match("[0-9]*", text)
    unit = text[digits.end() :].lower() if digits else ""
    near = [known for known in _SIZES if known.lower() == (unit or "b")]
    return text[: len(text) - len(unit)] + near[0] if near else text


def format_size(value: int) -> str:
    """The size in the unit that makes it shortest: ``4KiB``, ``10MB``, ``1001B``.

    ``parse_size`` gives ``value`` back. Raises UnitError if it is negative.
    """
    if not 0 <= value < _ABSURD:
        raise UnitError(_SIZE.expected)
    units = (unit for unit in _SIZES if value % _SIZES[unit] == 0)
    return min((f"{value // _SIZES[unit]}{unit}" for unit in units), key=len)


def parse_share(text: str) -> float:
    """A number from 0 to 1, from ``0%`` to ``100%``. Raises UnitError for anything else."""
    return _SHARE.parse(text)


def _to_share(text: str) -> float:
    return float(Fraction(text[:-1]) / 100)


def _repair_share(text: str) -> str:
    # What is not above 1 was likelier meant as a share of one than as a percent or less.
    if re.fullmatch(r"0\.[0-9]{1,15}|1|1\.0", text):
        return _plain(Decimal(text) * 100) + "%"
    return text if text.endswith("%") else text + "%"


def format_share(value: float) -> str:
    """A share in percent: ``30%``. ``parse_share`` gives exactly ``value`` back.

    Raises UnitError if it is not from 0 to 1.
    """
    if not 0 <= value <= 1:
        raise UnitError(_SHARE.expected)
    return f"{_plain(_exact(value) * 100)}%"


def parse_rate(text: str) -> float:
    """Per second from ``20/s``, ``1000/min``, ``2M/min`` or ``5/h``. Raises UnitError."""
    return _RATE.parse(text)


def _to_per_second(text: str) -> float:
    number, span = text.split("/")
    digits = number.rstrip("kM")
    return float(Fraction(digits) * _SUFFIXES[number[len(digits) :]] / _SPANS[span])


def _repair_rate(text: str) -> str:
    number, _, span = text.replace("per", "/").partition("/")
    unit = _SPELLINGS.get(span or "s", span or "s")
    return f"{number.replace('K', 'k')}/{'min' if unit == 'm' else unit}"


def format_rate(value: float) -> str:
    """The rate per second, or per minute, hour or day where only that is exact: ``2M/min``.

    ``parse_rate`` gives exactly ``value`` back. Raises UnitError if it is negative, endless or not
    a number.
    """
    if not 0 <= value < _ABSURD:
        raise UnitError(_RATE.expected)
    spans = (f"{_suffixed(f'{value * _SPANS[span]:.12g}')}/{span}" for span in _SPANS)
    exact = (text for text in spans if _RATE.matches(text) and parse_rate(text) == value)
    return next(exact, f"{_plain(_exact(value))}/s")


def parse_factor(text: str) -> float:
    """How many times as much, from ``x2`` or ``x0.5``. Raises UnitError."""
    return _FACTOR.parse(text)


def _to_factor(text: str) -> float:
    return float(text.removeprefix("x"))


def _repair_factor(text: str) -> str:
    return "x" + text.strip("xX*")


def format_factor(value: float) -> str:
    """The factor as one would write it: ``x2``, ``x0.5``.

    ``parse_factor`` gives exactly ``value`` back. Raises UnitError if it is negative, endless or not a number.
    """
    if not 0 <= value < 10**12:
        raise UnitError(_FACTOR.expected)
    return f"x{_plain(_exact(value))}"


def parse_price(text: str) -> float:
    """Dollars for a million tokens from ``$2/M`` or ``$2.50/M``. Raises UnitError."""
    return _PRICE.parse(text)


def _to_price(text: str) -> float:
    return float(text.removeprefix("$").removesuffix("/M"))


def _repair_price(text: str) -> str:
    amount, _, per = text.partition("/")
    return f"${amount.strip('$')}/M" if per.lower() in _MILLIONS else text


def format_price(value: float) -> str:
    """The price as price lists have it: ``$2/M``, ``$2.50/M``, ``$0.125/M``.

    ``parse_price`` gives exactly ``value`` back. Raises UnitError if it is negative, or a quadrillion and more.
    """
    if not 0 <= value < 10**15:
        raise UnitError(_PRICE.expected)
    digits = _plain(_exact(value))
    return f"${digits}0/M" if digits[-2:-1] == "." else f"${digits}/M"


def parse_money(text: str) -> float:
    """Dollars from ``$500`` or ``$0.50``. Raises UnitError."""
    return _MONEY.parse(text)


def _to_dollars(text: str) -> float:
    return float(text.removeprefix("$"))


def _repair_money(text: str) -> str:
    return "$" + text.strip("$").replace(",", "")


def format_money(value: float) -> str:
    """The amount as one would write it: ``$500``, ``$2.50``, ``$0.125``.

    ``parse_money`` gives exactly ``value`` back. Raises UnitError if it is negative, or a quadrillion and more.
    """
    if not 0 <= value < 10**15:
        raise UnitError(_MONEY.expected)
    return format_price(value).removesuffix("/M")


def parse_count(text: str) -> int:
    """A whole number from ``4000``, ``4k`` (4,000) or ``2M`` (2,000,000). Raises UnitError."""
    return _COUNT.parse(text)


def _to_count(text: str) -> int:
    digits = text.rstrip("kM")
    return int(Fraction(digits) * _SUFFIXES[text[len(digits) :]])


def _repair_count(text: str) -> str:
    return text.replace("_", "").replace("K", "k").replace("m", "M")


def format_count(value: int) -> str:
    """The count, with a suffix where that is exact and shorter: ``4k``, ``2M``, ``1234``.

    ``parse_count`` gives ``value`` back. Raises UnitError if it is negative.
    """
    if not 0 <= value < 10**15:
        raise UnitError(_COUNT.expected)
    return _suffixed(str(value))


def _suffixed(digits: str) -> str:
    """The number with ``k`` or ``M`` for the zeros at its end."""
    for suffix, zeros in (("M", "000000"), ("k", "000")):
        if digits.isdecimal() and digits.endswith(zeros):
            return digits.removesuffix(zeros) + suffix
    return digits


def _exact(value: float) -> Decimal:
    """The shortest decimal that reads back as this very float: mostly what somebody wrote."""
    return Decimal(repr(value + 0.0))  # so that -0.0 has no sign


def _plain(value: Decimal) -> str:
    """Digits without an exponent, and without zeros at the end that say nothing."""
    digits = f"{value:f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


# Numbers whose unit Python code has said --------------------------------------------------------


class Seconds(float):
    """What ``seconds`` returns; a ``Duration`` takes it as it is."""


class Portion(float):
    """What ``share`` returns; a ``Share`` takes it as it is."""


class PerSecond(float):
    """What ``per_second`` returns; a ``Rate`` takes it as it is."""


class Times(float):
    """What ``times`` returns; a ``Factor`` takes it as it is."""


class Dollars(float):
    """What ``per_million`` returns; a ``Price`` takes it as it is."""


class Amount(float):
    """What ``dollars`` returns; a ``Money`` takes it as it is."""


class Bytes(int):
    """What ``size`` returns; a ``Size`` takes it as it is."""


def seconds(value: str | float | timedelta) -> float:
    """For a ``Duration`` in Python code: from ``"1.5s"``, a number of seconds, or a timedelta.

    Raises UnitError if it is negative, endless or not a number.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    return Seconds(parse_duration(value if isinstance(value, str) else format_duration(value)))


def share(value: str | float) -> float:
    """For a ``Share`` in Python code: from ``"30%"`` or a number from 0 to 1. Raises UnitError."""
    return Portion(parse_share(value if isinstance(value, str) else format_share(value)))


def per_second(value: str | float) -> float:
    """For a ``Rate`` in Python code: from ``"20/s"`` or a number per second. Raises UnitError."""
    return PerSecond(parse_rate(value if isinstance(value, str) else format_rate(value)))


def times(value: str | float) -> float:
    """For a ``Factor`` in Python code: from ``"x2"`` or a number. Raises UnitError."""
    return Times(parse_factor(value if isinstance(value, str) else format_factor(value)))


def per_million(value: str | float) -> float:
    """For a ``Price`` in Python code: from ``"$2.50/M"`` or a number of dollars. Raises UnitError."""
    return Dollars(parse_price(value if isinstance(value, str) else format_price(value)))


def dollars(value: str | float) -> float:
    """For a ``Money`` in Python code: from ``"$500"`` or a number of dollars. Raises UnitError."""
    return Amount(parse_money(value if isinstance(value, str) else format_money(value)))


def size(value: str | int) -> int:
    """For a ``Size`` in Python code: from ``"4KiB"`` or a number of bytes. Raises UnitError."""
    return Bytes(parse_size(value if isinstance(value, str) else format_size(value)))


# The types for models ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unit(Generic[Number]):
    """One kind of value: what it looks like, how it is read, written, described and repaired."""

    expected: str
    pattern: str
    """For Python and JSON Schema alike; whatever matches can be read."""
    read: Callable[[str], Number]
    write: Callable[[Number], str]
    repair: Callable[[str], str]
    """Turns what somebody wrote, without its blanks, into what may have been meant."""
    plain: type[Number]
    said: type[Number] | None
    """Marks a number whose unit Python code has said; None where a bare number will do."""
    description: str
    examples: tuple[str, ...]

    def matches(self, text: str) -> bool:
        return re.fullmatch(self.pattern.strip("^$"), text) is not None

    def parse(self, text: str) -> Number:
        if not self.matches(text):
            raise UnitError(self.expected, self._hint(text))
        return self.read(text)

    def _hint(self, text: str) -> str:
        closed_up = "".join(text.split())
        bare = closed_up.lstrip("$+-")
        if len(closed_up) > 50 or not bare[:1].isdecimal():
            return ""
        if "-" in closed_up.removesuffix(bare):
            return "it cannot be negative"
        repaired = self.repair(closed_up.lstrip("+"))
        return f'write "{repaired}"' if self.matches(repaired) else ""

    def validate(self, value: object) -> Number:
        """The plain number. Raises what pydantic turns into one line of its report."""
        try:
            return self._number(value)
        except UnitError as error:
            # The parts travel along, so that a file's loader can say what stood there instead.
            parts = {"text": str(error), "expected": error.expected, "hint": error.hint}
            raise PydanticCustomError("unit", "{text}", parts) from None

    def _number(self, value: object) -> Number:
        if isinstance(value, timedelta) and self.said is Seconds:
            value = seconds(value)
        if self.said and isinstance(value, self.said):
            return self.plain(value)
        if isinstance(value, int | float) and abs(value) < _ABSURD and not isinstance(value, bool):
            value = _plain(_exact(value))  # its digits are refused, with a hint, or are a count
        if isinstance(value, str):
            return self.parse(value)
        raise UnitError(self.expected)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.validate,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        text = {"type": "string", "pattern": self.pattern}
        about = {"description": self.description, "examples": list(self.examples)}
        if self.said is None:
            return {"anyOf": [{"type": "integer", "minimum": 0}, text], **about}
        return {**text, **about}


_DURATION = _Unit(
    expected='a duration such as "10s"',
    # The largest unit first and each at most once; what stands ahead refuses the empty text.
    pattern=f"^(?=[0-9]){''.join(f'(?:{_DECIMAL}{unit})?' for unit in _DURATIONS)}$",
    read=_to_seconds,
    write=format_duration,
    repair=_repair_duration,
    plain=float,
    said=Seconds,
    description="A length of time with its unit: d, h, m, s, ms or us.",
    examples=("10s", "250ms", "1m30s"),
)
_SIZE = _Unit(
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
_SHARE = _Unit(
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
_RATE = _Unit(
    expected='a rate such as "20/s"',
    pattern=f"^{_DECIMAL}[kM]?/(?:{'|'.join(_SPANS)})$",
    read=_to_per_second,
    write=format_rate,
    repair=_repair_rate,
    plain=float,
    said=PerSecond,
    description="A number per s, min, h or d; k stands for a thousand, M for a million.",
    examples=("20/s", "1000/min", "2M/min"),
)
_FACTOR = _Unit(
    expected='a factor such as "x2"',
    pattern=f"^x{_DECIMAL}$",
    read=_to_factor,
    write=format_factor,
    repair=_repair_factor,
    plain=float,
    said=Times,
    description="How many times as much or as fast.",
    examples=("x2", "x0.5", "x60"),
)
_PRICE = _Unit(
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
_MONEY = _Unit(
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
_COUNT = _Unit(
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

Duration = Annotated[float, _DURATION]
"""Seconds, written ``10s``, ``250ms``, ``1m30s``."""
Size = Annotated[int, _SIZE]
"""Bytes, written ``4KiB``, ``10MB``, ``512B``."""
Share = Annotated[float, _SHARE]
"""A number from 0 to 1, written ``30%``."""
Rate = Annotated[float, _RATE]
"""Per second, written ``20/s``, ``1000/min``, ``2M/min``."""
Factor = Annotated[float, _FACTOR]
"""How many times as much, written ``x2``, ``x0.5``."""
Price = Annotated[float, _PRICE]
"""Dollars for a million tokens, written ``$2/M``."""
Money = Annotated[float, _MONEY]
"""Dollars, written ``$500``."""
TokenCount = Annotated[int, _COUNT]
"""A whole number, written ``4000``, ``4k``, ``2M``."""
