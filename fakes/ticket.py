"""One request on its way through the service: what was asked, what it holds, what became of it."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import NamedTuple

from .draws import Identity
from .journal import Served
from .plan import Plan
from .reply import Reply
from .timeline import Armed


class Request(NamedTuple):
    """What the brain needs to know of a request to `POST /v1/messages`."""

    who: Identity
    stream: bool
    input_tokens: int
    max_tokens: int
    model: str = "claude-sonnet-5-5"
    reply: Reply | None = None
    """What is answered; None for text of the length that is drawn for the call."""
    key: str = ""
    """Whose quotas it is charged to, where each API key has its own; the model says it where each model has."""
    patience: float | None = None
    """For how many seconds after sending it the client says that it will wait; None if it does not say."""
    test: str = ""
    """Which test it says it is for."""
    told: int = 0
    """How many tokens of the answer the client has already: it asks for the rest."""


class Ticket:
    """One request on its way through the service."""

    __slots__ = (
        "arrived",
        "base",
        "digits",
        "end_at",
        "end_due",
        "ended",
        "fault",
        "granted_at",
        "has_fired",
        "has_slot",
        "head_at",
        "head_due",
        "inbound",
        "is_complete",
        "is_pending",
        "is_waiting",
        "label",
        "lateness",
        "left",
        "output_tokens",
        "request",
        "resume",
        "retry_after",
        "round_trip",
        "segment",
        "sent_tokens",
        "status",
    )

    def __init__(self, request: Request, arrived: float, output_tokens: int, label: int, round_trip: float) -> None:
        self.request = request
        self.label = label
        self.round_trip = round_trip
        self.arrived = arrived
        self.output_tokens = output_tokens
        self.inbound = 0.0
        """Seconds on its way, from its sending to where it is to be admitted."""
        self.segment: Plan = ()
        """What is to be played first; empty if it is known by heart."""
        self.resume: Callable[[float], None] | None = None
        """Called with the time when a slot has come free that it waited for."""
        self.has_slot = self.is_waiting = self.is_pending = self.has_fired = self.is_complete = False
        self.fault: Armed | None = None
        self.granted_at: float | None = None
        self.ended: float | None = None
        self.left: float | None = None
        self.base: float | None = None
        self.status: int | None = None
        self.retry_after: float | None = None
        self.sent_tokens = 0
        self.digits = ""
        """Of the ids that clients are told."""
        self.lateness = 0.0
        self.head_due: float | None = None
        self.head_at: float | None = None
        self.end_due: float | None = None
        self.end_at: float | None = None

    @property
    def due(self) -> float:
        """When the client's patience ends, as far as it has told."""
        patience = self.request.patience
        return inf if patience is None else self.arrived + patience

    def record(self) -> Served:
        who, stream, input_tokens, _, _, _, _, _, test, told = self.request
        fields = (
            who,
            stream,
            input_tokens,
            self.output_tokens,
            self.arrived,
            self.granted_at,
            self.ended,
            self.left,
            self.base,
            self.status,
            self.sent_tokens,
            self.fault.name if self.fault is not None else None,
            self.has_fired,
            self.lateness,
            self.is_complete,
            self.retry_after,
            self.head_due,
            self.head_at,
            self.end_due,
            self.end_at,
            test,
            told,
        )
        return tuple.__new__(Served, fields)  # half the time of `Served(...)`, which is written in Python
