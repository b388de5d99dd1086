"""Values with units: what is read, what is refused and how, and that writing loses nothing."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from brownout.fakes.units import (
    Duration,
    Factor,
    Money,
    Price,
    Rate,
    Share,
    Size,
    TokenCount,
    UnitError,
    dollars,
    format_count,
    format_duration,
    format_factor,
    format_money,
    format_price,
    format_rate,
    format_share,
    format_size,
    parse_count,
    parse_duration,
    parse_factor,
    parse_money,
    parse_price,
    parse_rate,
    parse_share,
    parse_size,
    per_million,
    per_second,
    seconds,
    share,
    size,
    times,
)

READ: list[tuple[Callable[[str], float], str, float]] = [
    (parse_duration, "0s", 0),
    (parse_duration, "10s", 10),
    (parse_duration, "250ms", 0.25),
    (parse_duration, "0.1s", 0.1),
    (parse_duration, "500us", 0.0005),
    (parse_duration, "1.5m", 90),
    (parse_duration, "2h", 7200),
    (parse_duration, "1d", 86_400),
    (parse_duration, "1m30s", 90),
    (parse_duration, "1d2h3m4s5ms6us", 93_784.005006),
    (parse_size, "0B", 0),
    (parse_size, "512B", 512),
    (parse_size, "4KiB", 4096),
    (parse_size, "4kB", 4000),
    (parse_size, "4KB", 4000),
    (parse_size, "10MB", 10_000_000),
    (parse_size, "1GiB", 1 << 30),
    (parse_share, "0%", 0),
    (parse_share, "0.5%", 0.005),
    (parse_share, "30%", 0.3),
    (parse_share, "100%", 1),
    (parse_share, "100.0%", 1),
    (parse_rate, "0/s", 0),
    (parse_rate, "20/s", 20),
    (parse_rate, "1000/min", 1000 / 60),
    (parse_rate, "2M/min", 2_000_000 / 60),
    (parse_rate, "400k/min", 400_000 / 60),
    (parse_rate, "5/h", 5 / 3600),
    (parse_rate, "1/d", 1 / 86_400),
    (parse_price, "$0/M", 0),
    (parse_factor, "x2", 2),
    (parse_factor, "x0.25", 0.25),
    (parse_price, "$2/M", 2),
    (parse_price, "$2.50/M", 2.5),
    (parse_price, "$0.125/M", 0.125),
    (parse_money, "$500", 500),
    (parse_money, "$0.125", 0.125),
    (parse_count, "0", 0),
    (parse_count, "4000", 4000),
    (parse_count, "4k", 4000),
    (parse_count, "1.5k", 1500),
    (parse_count, "2M", 2_000_000),
]

REFUSED: list[tuple[Callable[[str], float], str, str]] = [
    (parse_duration, "10", 'expected a duration such as "10s"; write "10s"'),
    (parse_duration, "2.5", 'expected a duration such as "10s"; write "2.5s"'),
    (parse_duration, "10 s", 'expected a duration such as "10s"; write "10s"'),
    (parse_duration, "10S", 'expected a duration such as "10s"; write "10s"'),
    (parse_duration, "10min", 'expected a duration such as "10s"; write "10m"'),
    (parse_duration, "1 minute 30 seconds", 'expected a duration such as "10s"; write "1m30s"'),
    (parse_duration, "5\u00b5s", 'expected a duration such as "10s"; write "5us"'),
    (parse_duration, "10s\n", 'expected a duration such as "10s"; write "10s"'),
    (parse_duration, "-5s", 'expected a duration such as "10s"; it cannot be negative'),
    (parse_duration, "30s1m", 'expected a duration such as "10s"'),
    (parse_duration, "1m1m", 'expected a duration such as "10s"'),
    (parse_duration, "s", 'expected a duration such as "10s"'),
    (parse_duration, "soon", 'expected a duration such as "10s"'),
    (parse_duration, "", 'expected a duration such as "10s"'),
    (parse_duration, "1e3s", 'expected a duration such as "10s"'),
    (parse_duration, "\u0661s", 'expected a duration such as "10s"'),
    (parse_duration, "9" * 10_000 + "s", 'expected a duration such as "10s"'),
    (parse_size, "10", 'expected a size such as "4KiB"; write "10B"'),
    (parse_size, "4 kib", 'expected a size such as "4KiB"; write "4KiB"'),
    (parse_size, "4mb", 'expected a size such as "4KiB"; write "4MB"'),
    (parse_size, "1.5KiB", 'expected a size such as "4KiB"'),
    (parse_size, "-4B", 'expected a size such as "4KiB"; it cannot be negative'),
    (parse_share, "30", 'expected a share from "0%" to "100%"; write "30%"'),
    (parse_share, "0.3", 'expected a share from "0%" to "100%"; write "30%"'),
    (parse_share, "1", 'expected a share from "0%" to "100%"; write "100%"'),
    (parse_share, "30 %", 'expected a share from "0%" to "100%"; write "30%"'),
    (parse_share, "100.1%", 'expected a share from "0%" to "100%"'),
    (parse_share, "-1%", 'expected a share from "0%" to "100%"; it cannot be negative'),
    (parse_rate, "20", 'expected a rate such as "20/s"; write "20/s"'),
    (parse_rate, "20/m", 'expected a rate such as "20/s"; write "20/min"'),
    (parse_rate, "20 per second", 'expected a rate such as "20/s"; write "20/s"'),
    (parse_rate, "2K / minute", 'expected a rate such as "20/s"; write "2k/min"'),
    (parse_rate, "20/week", 'expected a rate such as "20/s"'),
    (parse_factor, "2x", 'expected a factor such as "x2"; write "x2"'),
    (parse_factor, "60", 'expected a factor such as "x2"; write "x60"'),
    (parse_factor, "-2", 'expected a factor such as "x2"; it cannot be negative'),
    (parse_factor, "twice", 'expected a factor such as "x2"'),
    (parse_price, "$2", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "2", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "2.50", 'expected a price such as "$2.50/M"; write "$2.50/M"'),
    (parse_price, "2$", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "2/M", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "$ 2.50 / MTok", 'expected a price such as "$2.50/M"; write "$2.50/M"'),
    (parse_price, "$2/m", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "$2/1M", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "$2/million tokens", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "+$2/M", 'expected a price such as "$2.50/M"; write "$2/M"'),
    (parse_price, "-$2/M", 'expected a price such as "$2.50/M"; it cannot be negative'),
    (parse_price, "$-2/M", 'expected a price such as "$2.50/M"; it cannot be negative'),
    (parse_price, "$2/k", 'expected a price such as "$2.50/M"'),
    (parse_price, "$2/token", 'expected a price such as "$2.50/M"'),
    (parse_price, "\u20ac2/M", 'expected a price such as "$2.50/M"'),
    (parse_price, "$/M", 'expected a price such as "$2.50/M"'),
    (parse_price, "$1e3/M", 'expected a price such as "$2.50/M"'),
    (parse_money, "500", 'expected an amount such as "$500"; write "$500"'),
    (parse_money, "1,000$", 'expected an amount such as "$500"; write "$1000"'),
    (parse_money, "-$5", 'expected an amount such as "$500"; it cannot be negative'),
    (parse_money, "$2/M", 'expected an amount such as "$500"'),
    (parse_count, "4K", 'expected a count such as 4000 or "4k"; write "4k"'),
    (parse_count, "4_000", 'expected a count such as 4000 or "4k"; write "4000"'),
    (parse_count, "1.2345k", 'expected a count such as 4000 or "4k"'),
    (parse_count, "-4", 'expected a count such as 4000 or "4k"; it cannot be negative'),
]

WRITTEN: list[tuple[str, str]] = [
    (format_duration(0), "0s"),
    (format_duration(-0.0), "0s"),
    (format_duration(0.000_02), "20us"),
    (format_duration(0.25), "250ms"),
    (format_duration(12.9), "12.9s"),
    (format_duration(60), "1m"),
    (format_duration(90.5), "1m30.5s"),
    (format_duration(7200), "2h"),
    (format_duration(129_600), "1d12h"),
    (format_size(0), "0B"),
    (format_size(1001), "1001B"),
    (format_size(4096), "4KiB"),
    (format_size(10_000_000), "10MB"),
    (format_share(0.3), "30%"),
    (format_share(0.005), "0.5%"),
    (format_share(1), "100%"),
    (format_rate(20), "20/s"),
    (format_rate(1000 / 60), "1k/min"),
    (format_rate(2_000_000 / 60), "2M/min"),
    (format_rate(5 / 3600), "5/h"),
    (format_factor(2), "x2"),
    (format_factor(0.5), "x0.5"),
    (format_price(0), "$0/M"),
    (format_price(2), "$2/M"),
    (format_price(2.5), "$2.50/M"),
    (format_price(0.1), "$0.10/M"),
    (format_price(0.125), "$0.125/M"),
    (format_price(10), "$10/M"),
    (format_money(500), "$500"),
    (format_money(2.5), "$2.50"),
    (format_money(0.0), "$0"),
    (format_count(4000), "4k"),
    (format_count(2_000_000), "2M"),
    (format_count(1234), "1234"),
    (format_count(0), "0"),
]


class Values(BaseModel):
    """One field of each kind."""

    model_config = ConfigDict(extra="forbid")
    duration: Annotated[Duration | None, Field(gt=0)] = None
    size: Size = 0
    share: Annotated[Share, Field(gt=0, description="how much")] = 1.0
    rates: dict[str, Rate] = Field(default_factory=dict)
    count: TokenCount = 0
    price: Price = 0.0


@pytest.mark.parametrize(("parse", "text", "value"), READ)
def test_reads(parse: Callable[[str], float], text: str, value: float) -> None:
    """What people write is read exactly."""
    assert parse(text) == value


@pytest.mark.parametrize(("parse", "text", "message"), REFUSED)
def test_refuses_with_a_hint(parse: Callable[[str], float], text: str, message: str) -> None:
    """What is refused says what was expected, and what to write where that can be guessed."""
    with pytest.raises(UnitError) as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(("written", "expected"), WRITTEN)
def test_writes_as_people_would(written: str, expected: str) -> None:
    """The canonical text is the one a person would have chosen."""
    assert written == expected


@pytest.mark.parametrize("value", [-1, math.inf, math.nan, 1e300])
def test_writes_nothing_that_cannot_be_read(value: float) -> None:
    """Negative, endless and absurd values are refused when written too."""
    writers: list[Callable[[Any], str]] = [format_duration, format_rate, format_share, format_price, format_money]
    writers += [format_size, format_count]
    for write in writers:
        with pytest.raises(UnitError):
            write(value)


@given(st.floats(0, 1e11))
def test_durations_and_rates_survive(value: float) -> None:
    """Whatever its digits, a float is written and read back as the very same float."""
    assert parse_duration(format_duration(value)) == value
    assert parse_rate(format_rate(value)) == value
    assert parse_factor(format_factor(value)) == value


@given(st.floats(0, 1))
def test_shares_survive(value: float) -> None:
    """A share is written and read back as the very same float."""
    assert parse_share(format_share(value)) == value


@given(st.floats(0, 10**15, exclude_max=True))
def test_prices_survive(value: float) -> None:
    """A price is written and read back as the very same float."""
    assert parse_price(format_price(value)) == value
    assert parse_money(format_money(value)) == value


@given(st.integers(0, 10**15 - 1))
def test_sizes_and_counts_survive(value: int) -> None:
    """A whole number is written and read back as the same."""
    assert parse_size(format_size(value)) == value
    assert parse_count(format_count(value)) == value


def test_a_model_holds_plain_numbers() -> None:
    """After validation nothing is left of the units: arithmetic is on floats and ints."""
    values = Values.model_validate(
        {
            "duration": "1m30s",
            "size": "4KiB",
            "share": "30%",
            "rates": {"in": "2M/min"},
            "count": "4k",
            "price": "$2.50/M",
        }
    )
    assert type(values.price) is float
    assert type(values.duration) is float
    assert type(values.size) is int
    assert values == Values.model_construct(
        duration=90.0, size=4096, share=0.3, rates={"in": 2e6 / 60}, count=4000, price=2.5
    )


def test_a_model_writes_what_it_reads() -> None:
    """A dump, in either mode, is what a file would say."""
    written = {
        "duration": "1m30s",
        "size": "4KiB",
        "share": "30%",
        "rates": {"in": "2M/min"},
        "count": "4k",
        "price": "$2.50/M",
    }
    values = Values.model_validate(written)
    assert values.model_dump() == values.model_dump(mode="json") == written


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("duration", 10, 'expected a duration such as "10s"; write "10s"'),
        ("duration", 2.5, 'expected a duration such as "10s"; write "2.5s"'),
        ("duration", True, 'expected a duration such as "10s"'),
        ("duration", math.nan, 'expected a duration such as "10s"'),
        ("duration", 10**400, 'expected a duration such as "10s"'),
        ("duration", share("30%"), 'expected a duration such as "10s"; write "0.3s"'),
        ("duration", "0s", "Input should be greater than 0"),
        ("share", 30, 'expected a share from "0%" to "100%"; write "30%"'),
        ("share", 0.3, 'expected a share from "0%" to "100%"; write "30%"'),
        ("size", 10, 'expected a size such as "4KiB"; write "10B"'),
        ("rates", {"in": 20}, 'expected a rate such as "20/s"; write "20/s"'),
        ("price", 2.5, 'expected a price such as "$2.50/M"; write "$2.5/M"'),
        ("price", 2, 'expected a price such as "$2.50/M"; write "$2/M"'),
        ("price", seconds(2), 'expected a price such as "$2.50/M"; write "$2/M"'),
        ("count", -4, 'expected a count such as 4000 or "4k"; it cannot be negative'),
        ("count", 1.5, 'expected a count such as 4000 or "4k"'),
        ("count", True, 'expected a count such as 4000 or "4k"'),
        ("count", None, 'expected a count such as 4000 or "4k"'),
    ],
)
def test_a_model_refuses_bare_numbers(field: str, value: object, message: str) -> None:
    """A number without a unit is refused, with what to write; only counts take one."""
    with pytest.raises(ValidationError) as caught:
        Values.model_validate({field: value})
    assert [error["msg"] for error in caught.value.errors()] == [message]


def test_python_code_says_the_unit() -> None:
    """Python code need not write texts: it says the unit by the function it calls."""
    values = Values(
        duration=seconds(1.5),
        size=size(10),
        share=share(0.3),
        rates={"in": per_second(20)},
        count=7,
        price=per_million(0.5),
    )
    assert values.model_dump() == {
        "duration": "1.5s",
        "size": "10B",
        "share": "30%",
        "rates": {"in": "20/s"},
        "count": "7",
        "price": "$0.50/M",
    }
    assert seconds("250ms") + 1 == 1.25
    assert seconds(timedelta(minutes=1)) == 60
    assert Values.model_validate({"duration": timedelta(seconds=3)}).duration == 3
    assert per_million("$2.50/M") == per_million(2.5) == 2.5
    assert dollars("$2.50") == dollars(2.5) == 2.5
    assert times("x2") == times(2) == TypeAdapter(Factor).validate_python(times(2)) == 2
    for wrong in (seconds, per_million, dollars):
        with pytest.raises(UnitError):
            wrong(-1)


@pytest.mark.parametrize("kind", [Duration, Size, Share, Rate, Factor, Price, Money, TokenCount])
def test_the_schema_shows_examples_that_work(kind: Any) -> None:
    """The JSON Schema has a description, and examples that are read."""
    adapter = TypeAdapter[float](kind)
    schema = adapter.json_schema()
    assert schema["description"]
    assert all(adapter.validate_python(example) >= 0 for example in schema["examples"])


@pytest.mark.parametrize("kind", [Duration, Size, Share, Rate, Factor, Price, Money, TokenCount])
@given(data=st.data())
def test_the_schema_allows_nothing_that_is_refused(kind: Any, data: st.DataObject) -> None:
    """Whatever fits the published pattern is read, and is written so that it fits again."""
    adapter = TypeAdapter[float](kind)
    schema = adapter.json_schema()
    pattern = next(part["pattern"] for part in schema.get("anyOf", [schema])[::-1])
    # Without its anchors: to Python, but not to JSON Schema, "$" also stands before a line's end.
    text = data.draw(st.from_regex(pattern.strip("^$"), fullmatch=True))
    value = adapter.validate_python(text)
    written = adapter.dump_python(value)
    assert value > 1e11 or adapter.validate_python(written) == value


@given(st.text() | st.integers() | st.floats() | st.none() | st.binary() | st.booleans())
def test_anything_else_is_a_clean_refusal(value: object) -> None:
    """No input of whatever type or text makes a field fail otherwise than by refusing."""
    for kind in (Duration, Size, Share, Rate, Factor, Price, Money, TokenCount):
        adapter = TypeAdapter[float](kind)
        with contextlib.suppress(ValidationError):
            assert adapter.validate_python(value) >= 0
