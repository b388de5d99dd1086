"""The calls of one run: when each client makes them, and what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from brownout.fakes.draws import Draws, call_label
from brownout.fakes.latency import sampler
from brownout.fakes.mix import Group, kind_of

from ..policies.call import Ask
from .arrivals import Arrivals
from .arrivals.base import Crowd
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
        self._schedule = arrivals.schedule(Crowd(clients, horizon, seed, number_one))
        self._limit = limit
        self._kinds = [(each, sampler(each.input_tokens, Draws(seed, "input tokens"))) for each in kinds]
        self._steps = max(each.chain for each in kinds)
        spans = (Group(clients, len(kinds), self._steps),) if self._steps > 1 else ()
        self._kind = kind_of([each.share for each in kinds], spans, seed)
        self._stream = Draws(seed, "stream")
        self.clients = clients
        self.horizon = horizon
        self.is_open = arrivals.is_open

    def is_open_for(self, client: int) -> bool:
        return self.is_open

    def first(self, client: int) -> float | None:
        return self._within(self._schedule.first(client), 0)

    def following(self, client: int, call: int, since: float) -> float | None:
        which = call // self._steps
        return self._within(self._schedule.following(client, which, since), which + 1)

    def next_number(self, ask: Ask) -> int:
        return ask.call - ask.call % self._steps + self._steps

    def next_step(self, ask: Ask, now: float) -> Ask | None:
        step = ask.call % self._steps + 1
        if step == self._steps or step == self._kinds[self._kind(call_label(ask.client, ask.call))][0].chain:
            return None
        gone = now - ask.intended
        leaves = None if ask.caller_timeout is None else ask.caller_timeout - gone
        following = self.ask(ask.client, ask.call + 1, now)
        return following._replace(deadline=ask.deadline - gone, caller_timeout=leaves)

    def _within(self, at: float, call: int) -> float | None:
        is_more = at < self.horizon and (self._limit is None or call < self._limit)
        return at if is_more else None

    def ask(self, client: int, call: int, intended: float) -> Ask:
        label = call_label(client, call)
        calls, input_tokens = self._kinds[self._kind(label)]
        is_stream = calls.stream > 0.0 and (calls.stream >= 1.0 or self._stream.uniform(label) < calls.stream)
        told = self._schedule.input_tokens(client, call // self._steps)
        tokens = max(1, round(input_tokens(label)) if told is None else told)
        return Ask(
            client,
            call,
            intended,
            calls.deadline,
            is_stream,
            tokens,
            calls.max_tokens,
            calls.profile,
            calls.caller_timeout,
        )
