"""A player that knows the usual plans by heart, for whoever takes what they come to instead of each of their steps.

Nearly all plans are alike: on the way, admitted, made, whole. To look at each step for what it is takes a fifth of all
the time of a simulation, for streams a quarter, and to write them down a tenth. What is played here is what `Player`
would play: whoever strikes in between is given the plan that is left.
"""

from __future__ import annotations

from typing import Protocol

from .backend import Sink
from .plan import Plan, Tokens
from .player import Player


class Taker(Sink, Protocol):
    """A sink that takes together what comes in one instant, with no fault in it."""

    def takes_whole(self) -> None:
        """A plain answer: its head, its body and its end."""

    def takes_beginning(self) -> None:
        """The head of a stream, and the events before its first content."""

    def takes_end(self) -> None:
        """The events behind the content of a stream, and its end."""


class UsualPlayer(Player):
    """Where time is virtual: none passes between its making and its `start`. A plan that is known by heart is written
    down only for whoever has to change it: until then the player has none."""

    __slots__ = ("_first", "_gap")

    _sink: Taker | None
    """Whom it was made for has to be one."""
    _first: float
    _gap: float
    """The seconds to the first token and between two, once there is a slot."""

    def start(self) -> None:
        """`play` for the first time."""
        ticket = self.ticket
        if self._plan:
            if self._plan != self._endpoint.on_the_way(ticket):
                self.play()
                return
            self._plan = ()
        now = self._due
        due = now + ticket.inbound
        if due > now:
            self._i, self._due = 1, due
            # Who comes in the same instant is admitted in the order of identities, on every backend.
            self._pending = self._clock.timer(due - now, self._arrive, None, 1 + ticket.label)
        else:
            self._go_by(self._endpoint.on_the_way(ticket))

    def _go_by(self, plan: Plan) -> None:
        """From its beginning."""
        self._plan, self._i = plan, 0
        self.play()

    def _arrive(self, _: object, __: object = None) -> None:
        """`play`, where the request is to be admitted."""
        now = self._on_time()
        self._i = 2
        ticket = self.ticket
        refusal = self._endpoint.receive(ticket, now)
        if refusal is not None:
            self._go_by(refusal)
        elif ticket.has_slot:
            self._make(now)
        else:
            ticket.resume = self._granted

    def _granted(self, now: float) -> None:
        if self._plan:
            super()._granted(now)
        else:
            self._due = self._clock.now()
            self._make(now)

    def _make(self, now: float) -> None:
        """`play`, where an answer has begun to be made."""
        ticket, endpoint = self.ticket, self._endpoint
        request = ticket.request
        if ticket.is_pending or endpoint.meter is not None or request.reply is not None:
            self._go_by(endpoint.granted(ticket, now))
            return
        self._first, self._gap = first, gap = endpoint.pace(ticket, now)
        if request.stream:
            due, then = self._due + first, self._begin
        else:
            due, then = self._due + (first + ticket.output_tokens * gap), self._serve
        if due > now:
            self._i, self._due = 1, due
            self._pending = self._clock.timer(due - now, then, None)
        else:
            self._go_by(endpoint.planned(ticket, first, gap))

    def _serve(self, _: object, __: object = None) -> None:
        """`play`, where a plain answer is whole."""
        now = self._on_time()
        ticket = self.ticket
        self._endpoint.release(ticket, now)
        if ticket.ended is not None:
            return  # whoever has the slot now has made the client leave
        sink, self._sink = self._sink, None
        ticket.status, ticket.is_complete = 200, True
        ticket.head_due = ticket.end_due = self._due
        ticket.head_at = ticket.end_at = now
        self._endpoint.drop(ticket, now)
        if sink is not None:
            sink.takes_whole()

    def _begin(self, _: object, __: object = None) -> None:
        """`play`, where a stream begins."""
        now = self._on_time()
        ticket = self.ticket
        ticket.status, ticket.head_due, ticket.head_at = 200, self._due, now
        self._i = 5
        if self._sink is not None:
            self._sink.takes_beginning()
            if self._i != 5:
                return  # the client has left
        run = Tokens(ticket.output_tokens, self._gap)
        self._i = 6
        self._begin_run(run, self._sink is None or self._sink.accepts_run(run))
        due = self._began + run.count * run.gap
        if self._is_one and due > now:
            self._due = due
            self._pending = self._clock.timer(due - now, self._end, None)
            return
        self._plan = self._by_heart()
        if self._go_on_with_run(now):
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
        if ticket.ended is not None:
            return  # whoever has the slot now has made the client leave
        sink, self._sink = self._sink, None
        ticket.is_complete, ticket.end_due, ticket.end_at = True, self._due, now
        self._endpoint.drop(ticket, now)
        if sink is not None:
            sink.takes_end()

    def _on_time(self) -> float:
        """The time, and by how much it is later than what is played now was due."""
        now = self._clock.now()
        late = now - self._due
        if late > self.ticket.lateness:
            self.ticket.lateness = late
        self._pending = None
        return now

    def _by_heart(self) -> Plan:
        """What has been played without a plan."""
        ticket = self.ticket
        if ticket.granted_at is None:
            return self._endpoint.on_the_way(ticket)
        return self._endpoint.planned(ticket, self._first, self._gap)

    @property
    def is_stuck(self) -> bool:
        return bool(self._plan) and super().is_stuck  # usual plans have no stall

    def _rest(self, now: float) -> Plan:
        if self._plan:
            return super()._rest(now)
        self._plan = self._by_heart()
        try:
            return super()._rest(now)
        finally:
            self._plan = ()
