"""What went wrong, by names that a file can list: the table of what may be tried again, or counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias

from .outcome import SPEND_CAP, STREAM_BREAKS, Outcome

Cause: TypeAlias = Literal[
    "timeout",
    "connect_timeout",
    "read_timeout",
    "connection",
    "request_timeout",
    "conflict",
    "rate_limit",
    "overloaded",
    "server_error",
    "stream_before_text",
    "stream_after_text",
    "in_stream_error",
    "malformed",
    "breaker_open",
    "rejected",
]

CAUSES: dict[Cause, Callable[[Outcome], bool]] = {
    "timeout": lambda o: o.kind == "timeout",
    "connect_timeout": lambda o: o.kind == "timeout" and o.phase == "connect",
    "read_timeout": lambda o: o.kind == "timeout" and o.phase == "read",
    "connection": lambda o: o.kind == "connection",
    "request_timeout": lambda o: o.kind == "status" and o.status == 408,
    "conflict": lambda o: o.kind == "status" and o.status == 409,
    "rate_limit": lambda o: o.kind == "status" and o.status == 429,
    "overloaded": lambda o: o.kind == "status" and o.status == 529,
    "server_error": lambda o: o.kind == "status" and (o.status or 0) >= 500 and o.status != 529,
    "stream_before_text": lambda o: o.kind in STREAM_BREAKS and o.tokens == 0,
    "stream_after_text": lambda o: o.kind in STREAM_BREAKS and o.tokens > 0,
    "in_stream_error": lambda o: o.kind == "stream_error",
    "malformed": lambda o: o.kind == "malformed",
    "breaker_open": lambda o: o.kind == "breaker_open",
    "rejected": lambda o: o.kind == "rejected",
}
"""What an outcome must be for each name that `on:` may list."""


@lru_cache(maxsize=64)  # layers ask for the same few, a hundred thousand clients' each for its own
def is_any_of(causes: tuple[Cause, ...]) -> Callable[[Outcome], bool]:
    """Whether an outcome is one of these."""
    tests = tuple(CAUSES[cause] for cause in causes)
    return lambda outcome: any(test(outcome) for test in tests)


def is_futile(outcome: Outcome) -> bool:
    """Whether asking again cannot help: the service says so, or the month's money is spent."""
    return outcome.should_retry is False or outcome.detail == SPEND_CAP
