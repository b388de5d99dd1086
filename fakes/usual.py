"""A player that knows the usual plans by heart, for whoever takes what they come to instead of each of their steps.

Nearly all plans are alike: on the way, admitted, made, whole. To look at each step for what it is takes a fifth of all
the time of a simulation, for streams a quarter. What is played here is what `Player` would play, and it is kept in the
same places: whoever strikes or leaves in between finds the plan and its place in it.
"""

from __future__ import annotations

from typing import Protocol

from .endpoint import Endpoint
from .plan import ARRIVAL, BEGINNING, ENDED, SERVED, Plan, Tokens, Wait
from .player import Clock, Player, Sink
from .ticket import Ticket


class Taker(Sink, Protocol):
    """A sink that takes together what comes in one instant, with no fault in it."""

    def takes_whole(self) -> None:
        """A plain answer: its head, its body and its end."""

    def takes_beginning(self) -> None:
        """The head of a stream, and the events before its first content."""

    def takes_end(self) -> None:
        """The events behind the content of a stream, and its end."""


class UsualPlayer(Player):
    """Where time is virtual: none passes between its making and its `start`."""

    __slots__ = ("_taker",)

    def __init__(self, endpoint: Endpoint, ticket: Ticket, clock: Clock, taker: Taker) -> None:
        super().__init__(endpoint, ticket, clock, taker)
        self._taker = taker

    def start(self) -> None:
        """`play` for the first time."""
        plan, now = self._plan, self._due
        way = plan[0]
        if way.__class__ is Wait and plan[1:] == ARRIVAL:
            due = now + way.seconds
            if due > now:
                self._i, self._due = 1, due
                # Who comes in the same instant is admitted in the order of identities, on every backend.
                self._pending = self._clock.timer(due - now, self._arrive, None, 1 + self.ticket.label)
                return
        self.play()

    def _arrive(self, _: object, __: object = None) -> None:
        """`play`, where the request is to be admitted."""
        now = self._on_time()
        self._i = 2
        segment = self._endpoint.admit(self.ticket, now)
        if segment is None:
            self.ticket.resume = self._granted
        else:
            self._make(segment, now)

    def _granted(self, segment: Plan) -> None:
        self._due = now = self._clock.now()
        self._make(segment, now)

    def _make(self, segment: Plan, now: float) -> None:
        """`play`, where an answer has begun to be made."""
        self._plan, first = segment, segment[0]
        if first.__class__ is Wait:
            due = self._due + first.seconds
            then = None
            if segment[1:] == SERVED:
                then = self._serve
            elif segment[1:5] == BEGINNING and segment[6:] == ENDED and self._endpoint.meter is None:
                then = self._begin
            if then is not None and due > now:
                self._i, self._due = 1, due
                self._pending = self._clock.timer(due - now, then, None)
                return
        self._i = 0
        self.play()

    def _serve(self, _: object, __: object = None) -> None:
        """`play`, where a plain answer is whole."""
        now = self._on_time()
        ticket, plan = self.ticket, self._plan
        self._endpoint.release(ticket, now)
        if self._i == len(plan):
            return  # whoever has the slot now has made the client leave
        sink, self._sink = self._sink, None
        self._i = len(plan)
        ticket.status, ticket.is_complete = 200, True
        ticket.head_due = ticket.end_due = self._due
        ticket.head_at = ticket.end_at = now
        self._endpoint.drop(ticket, now)
        if sink is not None:
            self._taker.takes_whole()

    def _begin(self, _: object, __: object = None) -> None:
        """`play`, where a stream begins."""
        now = self._on_time()
        ticket = self.ticket
        ticket.status, ticket.head_due, ticket.head_at = 200, self._due, now
        self._i = 5
        if self._sink is not None:
            self._taker.takes_beginning()
            if self._i != 5:
                return  # the client has left
        run: Tokens = self._plan[5]  # type: ignore[assignment]
        self._i = 6
        self._begin_run(run, self._sink is None or self._sink.accepts_run(run))
        due = self._began + run.count * run.gap
        if self._is_one and due > now:
            self._due = due
            self._pending = self._clock.timer(due - now, self._end, None)
        elif self._go_on_with_run(now):
            self.play()

    def _end(self, _: object, __: object = None) -> None:
        """`play`, where the content of a stream, which comes as one, has come, and its end follows."""
        now = self._on_time()
        ticket, run = self.ticket, self._run
        assert run is not None
        ticket.sent_tokens += run.count - self._sent  # some of which whoever left has counted
        self._sent = run.count
        if self._sink is not None:
            self._sink.emit(run)
            if self._run is None:
                return  # the client has left
        self._run = None
        self._endpoint.release(ticket, now)
        plan = self._plan
        if self._i == len(plan):
            return  # whoever has the slot now has made the client leave
        sink, self._sink = self._sink, None
        self._i = len(plan)
        ticket.is_complete, ticket.end_due, ticket.end_at = True, self._due, now
        self._endpoint.drop(ticket, now)
        if sink is not None:
            self._taker.takes_end()

    def _on_time(self) -> float:
        """The time, and by how much it is later than what is played now was due."""
        now = self._clock.now()
        late = now - self._due
        if late > self.ticket.lateness:
            self.ticket.lateness = late
        self._pending = None
        return now
