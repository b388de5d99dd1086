"""What the server saw and did, one frozen record a request."""

from __future__ import annotations

from typing import NamedTuple

from .draws import Identity


class Served(NamedTuple):
    """One request, from its arrival to the end of the answer. Times are seconds of the scenario."""

    who: Identity
    stream: bool
    input_tokens: int
    output_tokens: int
    """What a whole answer would have held; of one that was asked for from the middle on, what was left of it."""
    arrived: float
    granted: float | None
    """When a slot was given; None for what never got one."""
    ended: float | None
    """When the last step was played or the work dropped; None when it was still going on."""
    left: float | None
    """When the client went away before that; None if it stayed."""
    base: float | None
    """The time to make the answer that was drawn for it, before load stretched it."""
    status: int | None
    sent_tokens: int
    fault: str | None
    has_fired: bool
    lateness: float
    """The most that any step was played after it was due: the server's own delay, not the fault's."""
    is_complete: bool = False
    """Whether the whole answer was made and sent, whoever was there to read it."""
    retry_after: float | None = None
    """Of the header, in seconds."""
    head_due: float | None = None
    """When the head of the answer was to be sent, and when it was; None where none was."""
    head_at: float | None = None
    end_due: float | None = None
    """The same of its end, whichever the plan had; None where it did not come to that."""
    end_at: float | None = None
    test: str = ""
    """Which test the request says it is for."""
    told: int = 0
    """How many tokens of the answer the client had already when it asked for the rest."""


class TurnedAway(NamedTuple):
    """A connection that was not let in."""

    at: float
    fault: str


class Besides(NamedTuple):
    """What is known of an entry when it is made, and stands nowhere in it."""

    model: str
    """Which was asked; "" for connections."""
    kind: str
    """Of the fault that was planned for it; "" for none."""
