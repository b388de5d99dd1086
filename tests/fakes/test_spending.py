"""The spend cap: once the month has cost so much, nothing goes until it ends, and no header says so."""

from __future__ import annotations

from typing import Any

import pytest

from brownout.fakes.billing import Billing
from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.plan import Error, Head
from brownout.fakes.player import Player
from brownout.fakes.ticket import Request

from ..loops import on_loop
from .plans import Crank, Paper
from .wire.raw import RawClient
from .wire.serving import service, serving

CENT = 0.01
PRICES = Billing.model_validate({"input": "$10/M", "output": "$100/M"})
"""Of a request of a hundred tokens with ninety in the answer: one cent, of which the answer is nine tenths."""


def endpoint(**spending: Any) -> Endpoint:
    latency = Latency.model_validate({"round_trip": "0s", "first_token": "1s", "token_gap": "0s"})
    limits = Limits.model_validate({"spending": spending})
    return Endpoint(Service(latency, Capacity(), limits, ((1.0, tokens_always(90)),), billing=PRICES), seed=1)


def sent(at: Endpoint, clock: Crank, call: int = 0) -> Paper:
    sink = Paper(clock)
    Player(at, at.answer(Request(Identity(0, call), False, 100, 1000), clock.time, False), clock, sink).play()
    return sink


def test_what_reaches_the_cap_is_the_last_to_be_served() -> None:
    """Requests count when they are over: those under way are served, and cost more than there was."""
    at, clock = endpoint(cap="$0.05", already="$0.03"), Crank()
    one = sent(at, clock)
    clock.until(10.0)
    two = [sent(at, clock, call) for call in range(2)]
    clock.until(20.0)
    later = [sent(at, clock, call) for call in range(3)]
    clock.until(1e9)
    seen = [step.status for paper in (one, *two, *later) for _, step in paper.seen if isinstance(step, Head)]
    assert seen == [200, 200, 200, 429, 429, 429]
    head, error, _ = (step for _, step in later[0].seen)
    assert isinstance(head, Head)
    assert isinstance(error, Error)
    assert (head.retry_after, head.should_retry) == (None, None)
    assert error.details == (("error_code", "enforced_spend_limit_reached"),)
    assert at.quotas(30.0) == []


def test_the_next_month_begins_with_nothing_spent() -> None:
    """It has a cap of its own."""
    at, clock = endpoint(cap="$0.01", month_ends_after="1h"), Crank()
    seen = []
    for now in (0.0, 100.0, 3590.0, 3600.0, 3610.0):
        clock.until(now)
        paper = sent(at, clock, int(now))
        clock.until(now + 5.0)
        seen += [step.status for _, step in paper.seen if isinstance(step, Head)]
    assert seen == [200, 429, 429, 200, 429]


@on_loop
async def test_on_the_wire_it_says_why() -> None:
    """The body has the details that tell it from a rate limit; there is no header to wait by."""
    spent = Limits.model_validate({"spending": {"cap": "$1", "already": "$1"}})
    async with serving(service(limits=spent)) as server, await RawClient.connect(server.port) as client:
        answer = await client.ask()
    assert answer.status == "HTTP/1.1 429 Too Many Requests"
    assert not {"retry-after", "x-should-retry"} & set(answer.headers)
    assert not any(name.startswith("anthropic-ratelimit") for name in answer.headers)
    error = answer.json["error"]
    assert (error["type"], error["details"]) == ("rate_limit_error", {"error_code": "enforced_spend_limit_reached"})


def test_a_cent_is_what_it_costs() -> None:
    """The arithmetic that the others rest on."""
    assert PRICES.dollars(100, 90) == pytest.approx(CENT)
