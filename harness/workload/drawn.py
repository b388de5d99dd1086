"""The calls of one run: when each client makes them, and what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from brownout.fakes.draws import Draws, call_label
from brownout.fakes.latency import Sampler, sampler
from brownout.fakes.mix import Group, kind_of

from ..policies.call import Ask
from .arrivals import Arrivals
from .arrivals.base import Crowd, Schedule
from .calls import Calls


class Traffic(Protocol):
    """What a driver plays: who calls when, asking for what. Times are seconds of the scenario."""

    @property
    def clients(self) -> int:
        """How many there are."""

    def is_open_for(self, client: int) -> bool:
        """Whether a client calls no matter what became of its calls before."""

    def first(self, client: int) -> float | None:
        """When a client calls for the first time."""

    def following(self, client: int, call: int, since: float) -> float | None:
        """When a client calls again: `since` is when call number `call` was meant to be sent, if arrivals are open,
        and when it ended, if they are closed. None: no more."""

    def ask(self, client: int, call: int, intended: float) -> Ask:
        """What the call asks for."""

    def next_number(self, ask: Ask) -> int:
        """The number of the call that follows one, or the chain that it is in."""

    def next_step(self, ask: Ask, now: float) -> Ask | None:
        """The step of a chain that follows one that ends now, with what is left of the time: 0 or less if it is over.
        None after the last."""


class _Kind:
    """What is asked of a kind of call, once for each of them."""

    __slots__ = ("chain", "deadline", "input_tokens", "rest", "stream")

    def __init__(self, calls: Calls, input_tokens: Sampler) -> None:
        self.chain, self.deadline, self.stream = calls.chain, calls.deadline, calls.stream
        self.input_tokens = input_tokens
        self.rest = (calls.max_tokens, calls.profile, calls.caller_timeout, "")
        """The fields of an `Ask` behind those that differ from call to call."""


class Workload:
    """The calls of `clients` clients under one seed, until `horizon` (seconds). Clients are numbered from `number_one`
    on: other numbers are others' draws."""

    def __init__(
        self,
        arrivals: Arrivals,
        kinds: Sequence[Calls],
        clients: int,
        horizon: float,
        seed: int,
        limit: int | None = None,
        number_one: int = 0,
    ) -> None:
        self._schedule = schedule = arrivals.schedule(Crowd(clients, horizon, seed, number_one))
        is_told = type(schedule).input_tokens is not Schedule.input_tokens
        self._told = schedule.input_tokens if is_told else None
        self._limit = limit
        self._kinds = [_Kind(each, sampler(each.input_tokens, Draws(seed, "input tokens"))) for each in kinds]
        self._steps = max(each.chain for each in kinds)
        spans = (Group(clients, len(kinds), self._steps),) if self._steps > 1 else ()
        self._kind = kind_of([each.share for each in kinds], spans, seed) if len(kinds) > 1 else None
        self._stream = Draws(seed, "stream").uniform
        self.clients = clients
        self.horizon = horizon
        self.is_open = arrivals.is_open

    def is_open_for(self, client: int) -> bool:
        return self.is_open

    def first(self, client: int) -> float | None:
        at = self._schedule.first(client)
        return at if at < self.horizon and (self._limit is None or self._limit > 0) else None

    def following(self, client: int, call: int, since: float) -> float | None:
        which = call // self._steps
        at = self._schedule.following(client, which, since)
        return at if at < self.horizon and (self._limit is None or which + 1 < self._limit) else None

    def next_number(self, ask: Ask) -> int:
        call, steps = ask.call, self._steps
        return call - call % steps + steps

    def next_step(self, ask: Ask, now: float) -> Ask | None:
        if self._steps == 1:
            return None
        step = ask.call % self._steps + 1
        if step == self._steps or step == self._kind_of(call_label(ask.client, ask.call)).chain:
            return None
        gone = now - ask.intended
        leaves = None if ask.caller_timeout is None else ask.caller_timeout - gone
        following = self.ask(ask.client, ask.call + 1, now)
        return following._replace(deadline=ask.deadline - gone, caller_timeout=leaves)

    def _kind_of(self, label: int) -> _Kind:
        return self._kinds[0 if self._kind is None else self._kind(label)]

    def ask(self, client: int, call: int, intended: float) -> Ask:
        label = call_label(client, call)
        kind = self._kind_of(label)
        stream = kind.stream
        is_stream = stream > 0.0 and (stream >= 1.0 or self._stream(label) < stream)
        tokens = None if self._told is None else self._told(client, call // self._steps)
        if tokens is None:
            tokens = round(kind.input_tokens(label))
        if tokens < 1:
            tokens = 1
        fields = (client, call, intended, kind.deadline, is_stream, tokens)
        return tuple.__new__(Ask, fields + kind.rest)  # half the time of `Ask(...)`, which is written in Python
