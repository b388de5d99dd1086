"""The one interpreter of plans. A backend gives it a clock, timers and a sink; it does no I/O of its own.

Steps are paced by the time they are due, never by the time the last one was played, so that delays of the machine do
not add up.
"""

from __future__ import annotations

from dataclasses import replace

from .backend import Clock, Sink
from .endpoint import Endpoint
from .pacing import Pacing
from .plan import (
    ADMIT,
    Admit,
    Answer,
    Close,
    Comment,
    Drip,
    Drops,
    Event,
    Finish,
    Head,
    Making,
    Mark,
    Plan,
    Release,
    Reset,
    Spoiled,
    Stall,
    Step,
    Tokens,
    Vanish,
    Wait,
)
from .ticket import Ticket

_PING, _COMMENT = Event("ping"), Comment()
_ROUNDING = 1e-9
"""Seconds: what is left of a stall after several subtractions may be off by."""
_LAST = frozenset({Finish, Close, Reset})
"""Steps after which there is nothing to play."""
_SHOWN = frozenset({Head, Answer, Event, Finish})
"""Of which whole answers are made: `play` shows them itself, as it has to show so many."""


class Player(Pacing):
    """Plays the plan of one ticket."""

    __slots__ = ("_i", "_plan")

    _plan: Plan

    def __init__(self, endpoint: Endpoint, ticket: Ticket, clock: Clock, sink: Sink) -> None:
        self.ticket = ticket
        self._endpoint = endpoint
        self._clock = clock
        self._sink = sink
        self._plan = ticket.segment
        self._i = 0
        self._due = clock.now()
        self._pending = self._run = None
        self._is_one = False
        self._sent = 0

    @property
    def is_over(self) -> bool:
        """Whether everything was played, or the work dropped."""
        return self.ticket.ended is not None

    @property
    def is_stuck(self) -> bool:
        """Whether nothing will come any more, however long one waits: a stall without an end."""
        return self._pending is None and self._i > 0 and isinstance(self._plan[self._i - 1], Stall)

    @property
    def upcoming(self) -> Step | None:
        """What follows the step that is being emitted; None if nothing does."""
        return self._plan[self._i] if self._i < len(self._plan) else None

    def play(self, _: object = None, __: object = None) -> None:
        """Go on until the next wait."""
        ticket = self.ticket
        now = self._clock.now()
        late = now - self._due
        if late > ticket.lateness:
            ticket.lateness = late
        self._pending = None
        if self._run is not None and not self._go_on_with_run(now):
            return
        plan, i, endpoint = self._plan, self._i, self._endpoint
        while i < len(plan):
            step = plan[i]
            self._i = i = i + 1
            kind = step.__class__
            if kind is Wait:
                self._due += step.seconds  # type: ignore[union-attr,operator]
                delay = self._due - now
                if delay > 0.0:
                    # Who comes in the same instant is admitted in the order of identities, on every backend.
                    order = 1 + ticket.label if i < len(plan) and plan[i] is ADMIT else 0
                    self._pending = self._clock.timer(delay, self.play, None, order)
                    return
                continue
            if kind is Release:
                endpoint.release(ticket, now)
            elif kind is Admit:
                segment = endpoint.admit(ticket, now)
                if segment is None:
                    ticket.resume = self._granted
                    return  # it waits for a slot
                self._plan, self._i = segment, 0
            elif kind in _SHOWN:
                sink = self._sink
                if kind is Head:
                    ticket.status = step.status  # type: ignore[union-attr]
                    ticket.retry_after = step.retry_after  # type: ignore[union-attr]
                    ticket.head_due, ticket.head_at = self._due, now
                elif kind is Answer:
                    ticket.is_complete = step.end >= 1.0 and ticket.status == 200  # type: ignore[union-attr]
                elif kind is Finish:
                    self._sink = None
                    self._ends(now)
                elif step.name == "message_stop":  # type: ignore[union-attr]
                    ticket.is_complete = True
                if sink is not None:
                    sink.emit(step)
            elif kind is Tokens:
                self._begin_run(step, self._sink is None or self._sink.accepts_run(step))  # type: ignore[arg-type]
                if endpoint.meter is not None:
                    endpoint.meter.begin(ticket, self._due, step.gap, now)  # type: ignore[union-attr]
                if not self._go_on_with_run(now):
                    return
            elif kind is Mark:
                endpoint.fired(step.fault, ticket)  # type: ignore[union-attr]
            elif kind is Stall:
                if not self._stall(step, now):  # type: ignore[arg-type]
                    return
            elif kind is Making:
                self._begin_run(step, is_one=True)  # type: ignore[arg-type]
                if endpoint.meter is not None:
                    endpoint.meter.begin(ticket, self._due, step.gap, now)  # type: ignore[union-attr]
                if not self._go_on_with_run(now):
                    return
            elif kind is Drip:
                if not self._drip(step, now):  # type: ignore[arg-type]
                    return
            elif kind is Drops:
                self._begin_run(step, is_one=False)  # type: ignore[arg-type]
                if not self._go_on_with_run(now):
                    return
            elif kind is Vanish:
                if self._sink is not None:
                    self._sink.emit(step)
                    self._sink = None
            else:
                self._emit(step, now)
            plan, i = self._plan, self._i  # which any of these may have changed

    def _emit(self, step: Step, now: float) -> None:
        sink = self._sink
        if step.__class__ in _LAST:
            self._sink = None
        self._note(step, now)
        if sink is not None:
            sink.emit(step)

    def _drip(self, drip: Drip, now: float) -> bool:
        """Emit a step piece by piece; False while there are more to wait for."""
        self._dripped = drip.step
        if self._sink is None:
            self._note(drip.step, now)
            return True
        self._begin_run(Drops(self._sink.measure(drip), drip.gap), is_one=False)
        return self._go_on_with_run(now)

    def _note(self, step: Step, now: float) -> None:
        """What a step means for the ticket."""
        kind = step.__class__
        if kind is Head:
            self.ticket.status = step.status  # type: ignore[union-attr]
            self.ticket.retry_after = step.retry_after  # type: ignore[union-attr]
            self.ticket.head_due, self.ticket.head_at = self._due, now
        elif kind is Answer:
            self.ticket.is_complete = step.end >= 1.0 and self.ticket.status == 200  # type: ignore[union-attr]
        elif kind is Event:
            if step.name == "message_stop":  # type: ignore[union-attr]
                self.ticket.is_complete = True
        elif kind is Tokens:
            self.ticket.sent_tokens += step.count  # type: ignore[union-attr]
        elif kind is Spoiled:
            if step.step.__class__ is Tokens or step.how in ("twice", "swapped"):  # type: ignore[union-attr]
                self._note(step.step, now)  # type: ignore[union-attr]
        elif kind in _LAST:
            self._ends(now)

    def _ends(self, now: float) -> None:
        """The plan has come to its end, as the plan has it."""
        self._i = len(self._plan)
        self.ticket.end_due, self.ticket.end_at = self._due, now
        self._endpoint.drop(self.ticket, now)

    def _stall(self, stall: Stall, now: float) -> bool:
        """Say nothing; False while the stall lasts."""
        if self._sink is None:
            self._endpoint.drop(self.ticket, now)  # nobody is there to be kept waiting
            self._i = len(self._plan)
            return False
        if stall.pings is not None and (stall.seconds is None or stall.pings < stall.seconds - _ROUNDING):
            left = None if stall.seconds is None else stall.seconds - stall.pings
            rest = self._plan[self._i :]
            self._plan, self._i = (
                (Wait(stall.pings), _COMMENT if stall.comments else _PING, replace(stall, seconds=left), *rest),
                0,
            )
            return True
        if stall.seconds is None:
            return False
        self._due += stall.seconds
        delay = self._due - now
        if delay > 0.0:
            self._pending = self._clock.timer(delay, self.play, None)
        return delay <= 0.0

    def _granted(self, now: float) -> None:
        """A slot came free."""
        self._plan, self._i = self._endpoint.granted(self.ticket, now), 0
        self._due = self._clock.now()
        self.play()

    def abandon(self) -> None:
        """The client has left."""
        if self._sink is None:
            return
        now = self._clock.now()
        if self._run is not None:
            sent = self._tokens_due(self._run, now)
            if self._run.__class__ is Tokens:
                self.ticket.sent_tokens += sent - self._sent
            self._sent = sent
        self._sink = None
        # Asked of the plan: a client may leave because of the very step that is being emitted, when no timer is set.
        is_stuck = self.is_stuck
        if self._endpoint.gone(self.ticket, now):
            self._cancel_timer()
            self._i = len(self._plan)
            self._end_run(now)
        elif is_stuck:
            self._endpoint.drop(self.ticket, now)

    def strike(self) -> None:
        """A phase has begun that may hit what is in flight."""
        if self.is_over or self._sink is None:
            return
        now = self._clock.now()
        plan = self._endpoint.struck(self.ticket, self._rest(now), now)
        if plan is None:
            return
        self._cancel_timer()
        if self._run is not None:
            self._flush_run(self._tokens_due(self._run, now))
            self._end_run(now)
        if not self.is_over:  # else what was due made the client leave
            self._plan, self._i, self._due = plan, 0, now
            self.play()

    def _rest(self, now: float) -> Plan:
        """What is still to be played."""
        after = self._plan[self._i :]
        if self._run is not None:
            left = self._run.count - self._tokens_due(self._run, now)
            return (replace(self._run, count=left), *after) if left else after
        if self._pending is not None:
            return (Wait(max(0.0, self._due - now)), *after)
        return (self._plan[self._i - 1], *after) if self._i else after

    def _cancel_timer(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None
