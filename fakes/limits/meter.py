"""What the output quota is charged: tokens as they are made, from when an answer begins to flow until it stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .bucket import Drain

if TYPE_CHECKING:
    from ..ticket import Request, Ticket

_LEAST_GAP = 1e-4
"""Seconds. Faster than that a run is charged in one piece at its end: an event loop on the wall clock, which is late
by more, would see a flow far longer than it was."""


class _Flow(NamedTuple):
    """An answer that is being made."""

    drain: Drain
    began: float
    rate: float


class Meter:
    """The flows under way. A player says when a run of tokens begins, and how many it had when it stops."""

    __slots__ = ("_drain_of", "_under_way")

    def __init__(self, drain_of: Callable[[Request], Drain]) -> None:
        self._drain_of = drain_of
        self._under_way: dict[Ticket, _Flow] = {}

    def begin(self, ticket: Ticket, began: float, gap: float, now: float) -> None:
        """Since `began` a token comes every `gap` seconds."""
        rate = 1.0 / gap if gap >= _LEAST_GAP else 0.0
        flow = _Flow(self._drain_of(ticket.request), began, rate)
        flow.drain.begin(now, rate, (now - began) * rate)
        self._under_way[ticket] = flow

    def end(self, ticket: Ticket, tokens: int, now: float) -> None:
        """It has stopped after so many: exactly those are charged in the end. Idempotent."""
        flow = self._under_way.pop(ticket, None)
        if flow is not None:
            flow.drain.end(now, flow.rate, tokens - (now - flow.began) * flow.rate)
