"""Everything observed on the client's side, as frozen records. Times are seconds of the scenario from its start."""

from __future__ import annotations

from typing import NamedTuple

from brownout.fakes.draws import Identity


class CallRecord(NamedTuple):
    """One call of the application. `finished` is None where the run ended first: the call is censored."""

    client: int
    call: int
    intended: float
    started: float
    finished: float | None
    outcome: str
    status: int | None
    """Of the error that the call ended with, if it was one of the service."""
    exception: str
    deadline: float
    stream: bool
    input_tokens: int
    max_tokens: int
    tokens: int
    attempts: int


class AttemptRecord(NamedTuple):
    """One HTTP request, as the client saw it."""

    who: Identity
    started: float
    finished: float | None
    outcome: str
    phase: str | None
    status: int | None
    is_fresh: bool
    """Whether a connection was opened for it."""
    tokens: int = 0
    """Content events of a stream that were received."""
    first_text: float | None = None
    """When the first of them came."""
    largest_gap: float = 0.0
    """The longest time without content from the first of them to the end of the attempt, in seconds."""
    shown: int = 0
    """How many of them had come by the call's deadline."""
    late: int = 0
    """How many came after the caller of the call had left."""


class WaitRecord(NamedTuple):
    """A pause before a retry, and who asked for it."""

    after: Identity
    at: float
    seconds: float
    why: str


class BreakerRecord(NamedTuple):
    """A breaker changed its state."""

    client: int
    at: float
    before: str
    after: str
    until: float | None = None
    """Of one that opened: when it will let a call through to see."""
