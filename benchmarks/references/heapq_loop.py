"""The ceiling for pure Python: one loop around one heap, with everything inlined by hand.

Nothing in it can be exchanged: no other layer, fault or stream fits in without writing it anew.
"""

from __future__ import annotations

import math
from bisect import insort
from collections import deque
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any

from brownout.fakes.draws import Draws

from . import Load, Observed

_ARRIVAL, _INBOUND, _SERVED, _READ_TIMEOUT, _DEADLINE, _RETRY = range(6)
_RAISED = {
    "ok": "",
    "timeout": "anthropic.APITimeoutError",
    "deadline": "brownout.DeadlineExceeded",
    "breaker_open": "brownout.BreakerOpen",
}


class _Client:
    __slots__ = (
        "breaker",
        "connections",
        "failures",
        "idle",
        "number",
        "opened",
        "opened_at",
        "period",
        "probes",
        "purse",
    )

    def __init__(self, number: int, budget: float) -> None:
        self.number = number
        self.breaker = "closed"
        self.failures = self.period = self.probes = 0
        self.opened_at = 0.0
        self.purse = budget
        self.idle: list[tuple[int, float]] = []  # (number of the connection, when it expires)
        self.connections = self.opened = 0


class _Call:
    __slots__ = (
        "attempt",
        "attempts",
        "client",
        "input_tokens",
        "intended",
        "is_open",
        "is_stream",
        "label",
        "number",
        "output_tokens",
        "permit",
        "started",
    )

    attempt: _Attempt | None
    permit: int
    is_stream: bool
    input_tokens: int
    output_tokens: int

    def __init__(self, client: _Client, number: int, intended: float, started: float) -> None:
        self.client = client
        self.number = number
        self.intended = intended
        self.started = started
        self.label = (client.number << 28 | number) << 16
        self.attempts = 0
        self.is_open = True
        self.attempt = None


class _Attempt:
    __slots__ = (
        "base",
        "call",
        "connection",
        "gap",
        "granted",
        "has_slot",
        "head",
        "is_fresh",
        "is_open",
        "is_waiting",
        "label",
        "round_trip",
        "started",
        "who",
    )

    base: float | None
    granted: float | None
    connection: int
    is_fresh: bool
    round_trip: float
    gap: float

    def __init__(self, call: _Call, now: float) -> None:
        self.call = call
        self.started = now
        self.who = (call.client.number, call.number, call.attempts, 0)
        self.label = call.label | call.attempts << 6
        self.is_open = True
        self.is_waiting = self.has_slot = False
        self.base = self.granted = None
        self.head = math.inf  # when its headers come; content follows at every `gap`


def run(load: Load, seed: int) -> Observed:
    """Play the load from its first call to the end of its last."""
    arrivals, jitter = Draws(seed, "arrivals").uniform, Draws(seed, "jitter").uniform
    round_trip = load.round_trip.of(Draws(seed, "round trip"))
    first_token = load.first_token.of(Draws(seed, "first token"))
    token_gap = load.token_gap.of(Draws(seed, "token gap"))
    input_tokens = load.input_tokens.of(Draws(seed, "input tokens"))
    output_tokens = load.output_tokens.of(Draws(seed, "output tokens"))
    stream, streams = Draws(seed, "stream").uniform, load.stream
    log1p, push, pop = math.log1p, heappush, heappop
    slots, read_timeout, deadline, retries = (
        load.slots,
        load.read_timeout,
        load.deadline,
        load.retries,
    )
    spacing, horizon, trips = load.clients / load.rate, load.seconds, 0.5 + load.connect_round_trips
    upload, most_tokens, useful_for = load.upload_per_token, load.max_tokens, load.useful_for
    open_for, most_failures, idle_expiry = load.open_for, load.failures, load.idle_expiry
    backoff, factor, deposit, budget = load.backoff, load.factor, load.deposit, load.budget
    seen = Observed()
    calls, attempts, waits = seen.calls, seen.attempts, seen.waits
    turns, journal = seen.breaker, seen.journal
    queue: deque[_Attempt] = deque()
    busy = seq = 0
    heap: list[tuple[float, int, int, Any]] = []

    for number in range(load.clients):
        at = -log1p(-arrivals(number << 44)) * spacing
        if at < horizon:
            seq += 1
            push(heap, (at, seq, _ARRIVAL, (_Client(number, budget), 0, at)))

    while heap:
        now, _, kind, x = pop(heap)
        call: _Call
        outcome = None  # of an attempt
        ended = None  # the outcome of a call
        is_counted = True  # whether the breaker hears of it
        left: _Attempt | None = None  # an attempt that its client has abandoned

        if kind == _INBOUND:
            if not x.is_open:
                continue
            if busy >= slots:
                x.is_waiting = True
                queue.append(x)
                continue
            busy += 1
            granted = x
        elif kind == _SERVED:
            if not x.is_open:
                continue
            x.is_open = False
            call, client = x.call, x.call.client
            granted = None
            while queue:
                granted = queue.popleft()
                if granted.is_waiting:
                    break
                granted = None
            else:
                busy -= 1
            journal.append(
                (
                    x.who,
                    call.is_stream,
                    call.input_tokens,
                    call.output_tokens,
                    x.started,
                    x.granted,
                    now,
                    None,
                    x.base,
                    200,
                    call.output_tokens if call.is_stream else 0,
                    None,
                    False,
                    0.0,
                    True,
                    None,
                    x.head if call.is_stream else now,
                    x.head if call.is_stream else now,
                    now,
                    now,
                    "",
                    0,
                )
            )
            if call.is_stream:
                count, gap, until = call.output_tokens, x.gap, call.intended + useful_for
                attempts.append(
                    (
                        x.who,
                        x.started,
                        now,
                        "ok",
                        None,
                        200,
                        x.is_fresh,
                        count,
                        x.head + gap,
                        gap if count > 1 else 0.0,
                        count if now <= until else max(0, int((until - x.head) / gap)),
                        0,
                    )
                )
            else:
                attempts.append((x.who, x.started, now, "ok", None, None, x.is_fresh, 0, None, 0.0, 0, 0))
            idle = client.idle
            insort(idle, (x.connection, now + idle_expiry))
            if len(idle) > load.idle_connections:
                raise RuntimeError("nobody closes surplus connections here")
            ended = "ok"
        elif kind == _READ_TIMEOUT:
            if not x.is_open or x.head <= now:  # once content flows, no gap is ever as long
                continue
            call, left, outcome = x.call, x, "timeout"
            granted = None
        elif kind == _DEADLINE:
            if not x.is_open:
                continue
            call, left, ended = x, x.attempt, "deadline"
            if left is not None and not left.is_open:
                left = None
            granted = None
        elif kind == _RETRY:
            if not x.is_open:
                continue
            call, granted = x, None
        else:
            client, number, at = x
            number += 1
            coming = at - log1p(-arrivals((client.number << 28 | number) << 16)) * spacing
            if coming < horizon:
                seq += 1
                push(heap, (coming, seq, _ARRIVAL, (client, number, coming)))
            call = _Call(client, number - 1, at, now)
            call.input_tokens = max(1, round(input_tokens(call.label)))
            call.is_stream = streams > 0.0 and stream(call.label) < streams
            granted = None
            # The breaker lets it in, or does not.
            if client.breaker == "open" and now - client.opened_at >= open_for:
                turns.append((client.number, now, "open", "half-open", None))
                client.breaker = "half-open"
                client.period += 1
                client.probes = client.failures = 0
            if client.breaker == "half-open":
                if client.probes < 1:
                    client.probes += 1
                else:
                    ended, is_counted = "breaker_open", False
            elif client.breaker == "open":
                ended, is_counted = "breaker_open", False
            if ended is None:
                call.permit = client.period
                tokens = client.purse + deposit
                client.purse = tokens if tokens < budget else budget
                call.output_tokens = min(most_tokens, max(1, round(output_tokens(call.label))))
                seq += 1
                push(heap, (now + deadline, seq, _DEADLINE, call))

        if left is not None:
            left.is_open = False
            left.is_waiting = False
            if left.has_slot:
                while queue:
                    granted = queue.popleft()
                    if granted.is_waiting:
                        break
                    granted = None
                else:
                    busy -= 1
            is_answered = left.head <= now
            count = int((now - left.head) / left.gap + 1e-9) if is_answered else 0
            journal.append(
                (
                    left.who,
                    call.is_stream,
                    call.input_tokens,
                    call.output_tokens,
                    left.started,
                    left.granted,
                    now,
                    now,
                    left.base,
                    200 if is_answered else None,
                    count,
                    None,
                    False,
                    0.0,
                    False,
                    None,
                    left.head if is_answered else None,
                    left.head if is_answered else None,
                    None,
                    None,
                    "",
                    0,
                )
            )
            call.client.opened -= 1
            first_text: float | None = None
            largest, shown = 0.0, 0
            if count:
                head, gap, until = left.head, left.gap, call.intended + useful_for
                first_text, largest = head + gap, now - (head + count * gap)
                if count > 1 and gap > largest:
                    largest = gap
                shown = count if now <= until else min(count, max(0, int((until - head) / gap)))
            name, phase = ("cancelled", None) if outcome is None else ("timeout", "read")
            attempts.append(
                (left.who, left.started, now, name, phase, None, left.is_fresh, count, first_text, largest, shown, 0)
            )

        if granted is not None:
            granted.is_waiting, granted.has_slot = False, True
            granted.granted = now
            label = granted.label
            first = first_token(label)
            count = granted.call.output_tokens
            gap = token_gap(label)
            granted.base = first + count * gap
            if granted.call.is_stream:
                granted.head, granted.gap = now + first + 0.5 * granted.round_trip, gap
            seq += 1
            push(
                heap,
                (now + (first + 0.5 * granted.round_trip + count * gap), seq, _SERVED, granted),
            )
            if kind == _INBOUND:
                continue

        if outcome is not None:
            tried = call.attempts - 1
            client = call.client
            if tried < retries and client.purse >= 1.0:
                client.purse -= 1.0
                seconds = backoff * factor**tried * jitter(call.label | tried << 6)
                waits.append(((client.number, call.number, tried, 0), now, seconds, "backoff"))
                seq += 1
                push(heap, (now + seconds, seq, _RETRY, call))
                continue
            ended = "timeout"

        if ended is not None:
            client = call.client
            call.is_open, call.attempt = False, None
            if is_counted and call.permit == client.period:
                if ended == "ok":
                    client.failures = 0
                    if client.breaker == "half-open":
                        turns.append((client.number, now, "half-open", "closed", None))
                        client.breaker = "closed"
                        client.period += 1
                        client.probes = 0
                else:
                    client.failures += 1
                    if client.breaker == "half-open" or client.failures >= most_failures:
                        turns.append((client.number, now, client.breaker, "open", now + open_for))
                        client.breaker, client.opened_at = "open", now
                        client.period += 1
                        client.probes = client.failures = 0
            calls.append(
                (
                    client.number,
                    call.number,
                    call.intended,
                    call.started,
                    now,
                    ended,
                    None,
                    _RAISED[ended],
                    useful_for,
                    call.is_stream,
                    call.input_tokens,
                    most_tokens,
                    call.output_tokens if ended == "ok" and call.is_stream else 0,
                    call.attempts,
                )
            )
            continue

        # A first attempt, or the next.
        client = call.client
        attempt = call.attempt = _Attempt(call, now)
        call.attempts += 1
        idle = client.idle
        attempt.is_fresh = True
        while idle:
            connection, expires = idle.pop(0)
            if now <= expires:
                attempt.is_fresh, attempt.connection = False, connection
                break
            client.opened -= 1
        else:
            if client.opened >= load.connections:
                raise RuntimeError("nobody waits for a connection here")
            client.opened += 1
            client.connections += 1
            attempt.connection = client.connections
        seq += 1
        push(heap, (now + read_timeout, seq, _READ_TIMEOUT, attempt))
        trip = attempt.round_trip = round_trip(attempt.label)
        inbound = (trips if attempt.is_fresh else 0.5) * trip + call.input_tokens * upload
        seq += 1
        push(heap, (now + inbound, seq, _INBOUND, attempt))

    calls.sort(key=itemgetter(2, 0, 1))
    attempts.sort(key=itemgetter(1, 0))
    waits.sort(key=itemgetter(1, 0))
    turns.sort(key=itemgetter(1, 0))
    journal.sort(key=itemgetter(4, 0))
    return seen
