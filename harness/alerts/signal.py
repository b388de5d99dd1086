"""What a rule watches: a share of the calls, or a mean of the answered ones. Of a tick it is two sums, so that a window
is the sums of its ticks, here as in Prometheus."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from brownout.fakes.units import UnitError, format_duration, parse_duration

from ..files.suggest import did_you_mean, quoted
from ..monitoring.tick import BOUNDS, Tick

Sums = tuple[float, float]
"""What is divided by what."""


class Signal(NamedTuple):
    """`top` over `bottom` are counters that a monitor keeps, by the names under which it is scraped. What is `less` is
    taken off the top."""

    about: str
    of: Callable[[Tick], Sums]
    top: str
    bottom: str
    less: str = ""
    has_spread: bool = False
    """Whether it always differs a little from one time to the next, so that its usual spread can be learned."""


CALLS, ANSWERED = "calls_total", "call_seconds_count"
SHARES: dict[str, Signal] = {
    "failures": Signal("calls that were not answered", lambda t: (t.failed, t.calls), "failed_calls_total", CALLS),
    "timeouts": Signal(
        "calls that ended in a limit of the client's own",
        lambda t: (t.timed_out, t.calls),
        "timed_out_calls_total",
        CALLS,
    ),
    "retries": Signal(
        "calls that were tried more than once", lambda t: (t.retried, t.calls), "retried_calls_total", CALLS
    ),
}
MEANS: dict[str, Signal] = {
    "latency": Signal(
        "time to the answer",
        lambda t: (t.seconds, t.answered),
        "call_seconds_sum",
        ANSWERED,
        has_spread=True,
    ),
    "first_text": Signal(
        "time to a stream's first text",
        lambda t: (t.first_text_seconds, t.first_texts),
        "first_text_seconds_sum",
        "first_text_seconds_count",
        has_spread=True,
    ),
    "seconds_per_token": Signal(
        "time to the answer, for each of its tokens",
        lambda t: (t.seconds, t.output_tokens),
        "call_seconds_sum",
        "answer_tokens_total",
        has_spread=True,
    ),
    "answer_tokens": Signal(
        "tokens of an answer",
        lambda t: (t.output_tokens, t.answered),
        "answer_tokens_total",
        ANSWERED,
        has_spread=True,
    ),
    "prompt_tokens": Signal(
        "tokens of a prompt",
        lambda t: (t.input_tokens, t.answered),
        "prompt_tokens_total",
        ANSWERED,
        has_spread=True,
    ),
    "amplification": Signal("HTTP requests for each call", lambda t: (t.attempts, t.calls), "attempts_total", CALLS),
}
_LATE = re.compile(r"late\( *([^)]*?) *\)")


def signal(name: str) -> Signal:
    """By what files call it. Raises `ValueError` in words."""
    if found := SHARES.get(name) or MEANS.get(name):
        return found
    return _late(name)


def _late(name: str) -> Signal:
    """`late(20s)`: calls that were not answered within that."""
    if (match := _LATE.fullmatch(name)) is None:
        known = [*SHARES, *MEANS, "late(20s)"]
        raise ValueError(f"unknown signal {quoted(name)}{did_you_mean(name, known)}; known: {', '.join(known)}")
    try:
        seconds = parse_duration(match[1])
    except UnitError as error:
        raise ValueError(f"{quoted(name)}: {error}") from None
    if seconds not in BOUNDS:
        nearest = min(BOUNDS, key=lambda bound: abs(bound - seconds))
        raise ValueError(
            f"answers are counted within {', '.join(map(format_duration, BOUNDS))}, and a monitor knows nothing "
            f"between; the nearest is late({format_duration(nearest)})"
        )
    place = BOUNDS.index(seconds)
    return Signal(
        f"calls not answered within {format_duration(seconds)}",
        lambda t: (t.calls - t.within[place], t.calls),
        CALLS,
        CALLS,
        less=f'call_seconds_bucket{{le="{seconds}"}}',
    )


def _share(name: str) -> str:
    if name in MEANS:
        text = f'"{name}" is a mean, and this rule watches a share of the calls: {", ".join(SHARES)} or late(20s)'
        raise PydanticCustomError("signal", "{text}", {"text": text})
    return _known(name)


def _known(name: str) -> str:
    try:
        signal(name)
    except ValueError as error:
        raise PydanticCustomError("signal", "{text}", {"text": str(error)}) from None
    return name


_ABOUT_SHARES: Any = "; ".join(f"`{name}`: {each.about}" for name, each in SHARES.items())
_ABOUT_MEANS: Any = "; ".join(f"`{name}`: {each.about}" for name, each in MEANS.items())
ShareOf = Annotated[
    str, AfterValidator(_share), Field(description=f"{_ABOUT_SHARES}; `late(20s)`: calls not answered within that")
]
AnyOf = Annotated[
    str, AfterValidator(_known), Field(description=f"{_ABOUT_SHARES}; `late(20s)`; or a mean: {_ABOUT_MEANS}")
]
