"""The same run as SimPy's own documentation would have it: a process a call, a resource, any-of."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

from brownout.fakes.draws import Draws, Identity

from . import Load, Observed

Steps = Generator[simpy.Event, Any, Any]
_RAISED = {
    "ok": "",
    "timeout": "anthropic.APITimeoutError",
    "deadline": "brownout.DeadlineExceeded",
    "breaker_open": "brownout.BreakerOpen",
}


@dataclass(slots=True)
class Asked:
    """What a call asks for; `until`: when nobody has any use for it any more."""

    is_stream: bool
    input_tokens: int
    until: float


@dataclass(slots=True)
class Content:
    """What a stream has shown."""

    until: float
    tokens: int = 0
    shown: int = 0
    first: float | None = None
    last: float = 0.0
    largest_gap: float = 0.0

    def add(self, now: float) -> None:
        if self.first is None:
            self.first = now
        else:
            self.silent(now)
        self.tokens += 1
        self.shown += now <= self.until
        self.last = now

    def silent(self, now: float) -> None:
        if self.first is not None:
            self.largest_gap = max(self.largest_gap, now - self.last)


class Service:
    """Slots behind a network."""

    def __init__(self, env: simpy.Environment, load: Load, seed: int, seen: Observed) -> None:
        self.env = env
        self.load = load
        self.seen = seen
        self.slots = simpy.Resource(env, load.slots)
        self.round_trip = load.round_trip.of(Draws(seed, "round trip"))
        self.first_token = load.first_token.of(Draws(seed, "first token"))
        self.token_gap = load.token_gap.of(Draws(seed, "token gap"))
        self.output_tokens = load.output_tokens.of(Draws(seed, "output tokens"))

    def answer(self, who: Identity, asked: Asked, is_fresh: bool, seen: Content, *limits: simpy.Event) -> Steps:
        """The answer to one request; whether it came before any limit."""
        env, load = self.env, self.load
        label = who.label
        output_tokens = max(1, round(self.output_tokens(Identity(who.client, who.call).label)))
        count = min(load.max_tokens, output_tokens)
        arrived = env.now
        granted: float | None = None
        base: float | None = None
        trips = 0.5 + load.connect_round_trips if is_fresh else 0.5
        round_trip = self.round_trip(label)
        inbound = env.timeout(trips * round_trip + asked.input_tokens * load.upload_per_token)
        is_served, status = False, None
        headed: float | None = None
        yield env.any_of([inbound, *limits])
        if inbound.processed:
            with self.slots.request() as slot:
                yield env.any_of([slot, *limits])
                if slot.triggered:
                    granted = env.now
                    first, gap = self.first_token(label), self.token_gap(label)
                    base = first + count * gap
                    if asked.is_stream:
                        head = env.timeout(first + 0.5 * round_trip)
                        yield env.any_of([head, *limits])
                        if head.processed:
                            status, headed = 200, env.now
                            yield from self.content(count, gap, seen, limits[-1])
                            is_served = seen.tokens == count
                    else:
                        served = env.timeout(first + 0.5 * round_trip + count * gap)
                        yield env.any_of([served, *limits])
                        is_served = served.processed
                        if is_served:
                            status, headed = 200, env.now
        left, over = (None, env.now) if is_served else (env.now, None)
        self.seen.journal.append(
            (
                *(who, asked.is_stream, asked.input_tokens, count, arrived, granted, env.now, left, base, status),
                *(seen.tokens, None, False, 0.0, is_served, None, headed, headed, over, over, "", 0),
            )
        )
        return is_served

    def content(self, count: int, gap: float, seen: Content, deadline: simpy.Event) -> Steps:
        """The tokens of a stream, each within the limit on silence."""
        for _ in range(count):
            token, silence = self.env.timeout(gap), self.env.timeout(self.load.content_gap)
            yield self.env.any_of([token, silence, deadline])
            if not token.processed:
                seen.silent(self.env.now)
                return
            seen.add(self.env.now)


class Breaker:
    """A circuit breaker with one probe."""

    def __init__(self, env: simpy.Environment, load: Load, client: int, seen: Observed) -> None:
        self.env = env
        self.load = load
        self.client = client
        self.seen = seen
        self.state = "closed"
        self.failures = self.period = self.probes = 0
        self.opened_at = 0.0

    def turn(self, state: str) -> None:
        until = self.opened_at + self.load.open_for if state == "open" else None
        self.seen.breaker.append((self.client, self.env.now, self.state, state, until))
        self.state = state
        self.period += 1
        self.failures = self.probes = 0

    def enter(self) -> int | None:
        if self.state == "closed":
            return self.period
        if self.state == "open" and self.env.now - self.opened_at >= self.load.open_for:
            self.turn("half-open")
        if self.state == "half-open" and self.probes < 1:
            self.probes += 1
            return self.period
        return None

    def leave(self, permit: int, is_success: bool) -> None:
        if permit != self.period:
            return
        if is_success:
            self.failures = 0
            if self.state == "half-open":
                self.turn("closed")
            return
        self.failures += 1
        if self.state == "half-open" or self.failures >= self.load.failures:
            self.opened_at = self.env.now
            self.turn("open")


class Pool:
    """Kept-alive connections, the one opened first taken first."""

    def __init__(self, env: simpy.Environment, load: Load) -> None:
        self.env = env
        self.load = load
        self.idle: list[tuple[int, float]] = []
        self.open = self.count = 0

    def acquire(self) -> tuple[int, bool]:
        while self.idle:
            number, expires = self.idle.pop(0)
            if self.env.now <= expires:
                return number, False
            self.open -= 1
        if self.open >= self.load.connections:
            raise RuntimeError("nobody waits for a connection here")
        self.open += 1
        self.count += 1
        return self.count, True

    def release(self, number: int, is_reusable: bool) -> None:
        if not is_reusable:
            self.open -= 1
            return
        insort(self.idle, (number, self.env.now + self.load.idle_expiry))
        if len(self.idle) > self.load.idle_connections:
            raise RuntimeError("nobody closes surplus connections here")


class Client:
    """One client: its breaker, its retry budget and its connections."""

    def __init__(self, service: Service, number: int, seed: int) -> None:
        self.service = service
        self.env = service.env
        self.load = service.load
        self.seen = service.seen
        self.number = number
        self.breaker = Breaker(self.env, self.load, number, self.seen)
        self.pool = Pool(self.env, self.load)
        self.budget = self.load.budget
        self.arrivals = Draws(seed, "arrivals")
        self.jitter = Draws(seed, "jitter")
        self.input_tokens = self.load.input_tokens.of(Draws(seed, "input tokens"))
        self.stream = Draws(seed, "stream")

    def arrive(self) -> Steps:
        """Make calls, whether earlier ones were answered or not."""
        at, number = 0.0, 0
        while True:
            u = self.arrivals.uniform(Identity(self.number, number).label)
            at += -math.log1p(-u) * self.load.clients / self.load.rate
            if at >= self.load.seconds:
                return
            yield self.env.timeout(at - self.env.now)
            self.env.process(self.call(number, at))
            number += 1

    def call(self, number: int, intended: float) -> Steps:
        """One call and its record."""
        env, load = self.env, self.load
        started, attempts = env.now, 0
        label = Identity(self.number, number).label
        input_tokens = max(1, round(self.input_tokens(label)))
        is_stream = load.stream > 0.0 and self.stream.uniform(label) < load.stream
        tokens = 0
        permit = self.breaker.enter()
        if permit is None:
            outcome = "breaker_open"
        else:
            deadline = env.timeout(load.deadline)
            asked = Asked(is_stream, input_tokens, intended + load.useful_for)
            outcome, attempts, tokens = yield from self.retry(number, asked, deadline)
            self.breaker.leave(permit, outcome == "ok")
        self.seen.calls.append(
            (
                self.number,
                number,
                intended,
                started,
                env.now,
                outcome,
                None,
                _RAISED[outcome],
                load.useful_for,
                is_stream,
                input_tokens,
                load.max_tokens,
                tokens,
                attempts,
            )
        )

    def retry(self, number: int, asked: Asked, deadline: simpy.Event) -> Steps:
        """Attempts with pauses between them; the outcome, how many there were, and the tokens of a stream."""
        env, load = self.env, self.load
        self.budget = min(load.budget, self.budget + load.deposit)
        tried = 0
        while True:
            who = Identity(self.number, number, tried)
            outcome, tokens = yield from self.attempt(who, asked, deadline)
            tried += 1
            if outcome != "timeout" or tried > load.retries or self.budget < 1.0:
                return outcome, tried, tokens
            self.budget -= 1.0
            seconds = load.backoff * load.factor ** (tried - 1) * self.jitter.uniform(who.label)
            self.seen.waits.append((who, env.now, seconds, "backoff"))
            yield env.any_of([env.timeout(seconds), deadline])
            if deadline.processed:
                return "deadline", tried, 0

    def attempt(self, who: Identity, asked: Asked, deadline: simpy.Event) -> Steps:
        """One HTTP request; what came of it, and the tokens of a stream that came whole."""
        env = self.env
        started, seen = env.now, Content(asked.until)
        connection, is_fresh = self.pool.acquire()
        timeout = env.timeout(self.load.read_timeout)
        is_served = yield from self.service.answer(who, asked, is_fresh, seen, timeout, deadline)
        self.pool.release(connection, is_served)
        status, tokens = None, 0
        if is_served:
            outcome, name, phase, status, tokens = "ok", "ok", None, 200 if asked.is_stream else None, seen.tokens
        elif deadline.processed:
            outcome, name, phase = "deadline", "cancelled", None
        else:
            outcome, name, phase = "timeout", "timeout", "read"
        content = (seen.tokens, seen.first, seen.largest_gap, seen.shown, 0)
        self.seen.attempts.append((who, started, env.now, name, phase, status, is_fresh, *content))
        return outcome, tokens


def run(load: Load, seed: int) -> Observed:
    """Play the load from its first call to the end of its last."""
    env, seen = simpy.Environment(), Observed()
    service = Service(env, load, seed, seen)
    for number in range(load.clients):
        env.process(Client(service, number, seed).arrive())
    env.run()
    seen.calls.sort(key=lambda r: (r[2], r[0], r[1]))
    seen.attempts.sort(key=lambda r: (r[1], r[0]))
    seen.waits.sort(key=lambda r: (r[1], r[0]))
    seen.breaker.sort(key=lambda r: (r[1], r[0]))
    seen.journal.sort(key=lambda r: (r[4], r[0]))
    return seen
