"""What the output quota is charged while answers are played: every token that is made, when it is, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.plan import ADMIT, Error, Head, Wait
from brownout.fakes.player import Player
from brownout.fakes.ticket import Request, Ticket
from brownout.fakes.timeline import Phase

from .plans import Crank, Paper, faults

TOKENS, GAP = 12, 0.25
LIMIT = 1e6
HARDLY_ANY = {"output_tokens": "0.1/d", "burst_over": "864000000000s"}
"""A million tokens at first, of which none comes back as long as a test lasts."""
HORIZON = 500.0
instants = st.floats(0.0, 8.0)


def endpoint(*phases: Phase, limits: dict[str, str] | None = None, on_disconnect: str = "cancel") -> Endpoint:
    """A service whose answers are all alike: a token every quarter of a second, the first 1.25 s after the slot."""
    latency = Latency.model_validate({"round_trip": "0s", "first_token": "1s", "token_gap": "250ms"})
    capacity = Capacity.model_validate({"on_disconnect": on_disconnect})
    quotas = Limits.model_validate(limits or HARDLY_ANY)
    return Endpoint(
        Service(latency, capacity, quotas, ((1.0, tokens_always(TOKENS)),), phases or (Phase(0.0),)), seed=1
    )


def left(at: Endpoint, now: float) -> float:
    """What the header says."""
    [found] = [quota.remaining for quota in at.quotas(now) if quota.name == "output-tokens"]
    return found


def begun(
    at: Endpoint, clock: Crank, stream: bool, lumps: bool = False, client: int = 0
) -> tuple[Ticket, Player, Paper]:
    """A request that is admitted at once."""
    request = Request(Identity(client, 0), stream, 10, 1000)
    ticket = at.answer(request, clock.time, is_fresh=True)
    ticket.segment = (*(step for step in ticket.segment if not isinstance(step, Wait)),)
    sink = Paper(clock, lumps)
    player = Player(at, ticket, clock, sink)
    player.play()
    return ticket, player, sink


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("lumps", [False, True])
def test_an_answer_flows_while_it_is_made(stream: bool, lumps: bool) -> None:
    """Nothing before its first token, then evenly; a plain answer just like a stream, though nobody sees any of it."""
    at, clock = endpoint(), Crank()
    begun(at, clock, stream, lumps)
    for now, flown in ((0.0, 0), (1.0, 0), (1.25, 1), (2.0, 4), (2.125, 4.5), (4.0, 12), (9.0, 12)):
        clock.until(now)
        assert left(at, now) == pytest.approx(LIMIT - flown, abs=1e-4)


HOLD_BACK = {
    "bad_encoding", "bandwidth", "duplicate_event", "half_event", "malformed_json", "missing_event_name",
    "reordered_events", "trickle",
}  # fmt: skip
"""Tokens that are made, and charged, before they are sent in another form: two of them at the most."""


@given(faults, instants, st.none() | instants, st.booleans(), st.booleans(), st.sampled_from(["cancel", "finish"]))
def test_charged_is_what_was_made(
    fault: Fault, struck: float, leaves: float | None, stream: bool, lumps: bool, on_disconnect: str
) -> None:
    """Whatever strikes whenever, and whenever the client leaves: of a stream the tokens sent are what is charged."""
    at, clock = endpoint(Phase(struck), Phase(1.0, (fault,)), on_disconnect=on_disconnect), Crank()
    ticket, player, _ = begun(at, clock, stream, lumps)
    for when in sorted({struck, *([] if leaves is None else [leaves])}):
        clock.until(when)
        if when == struck:
            at.begin_phase(1)
            player.strike()
        if when == leaves:
            player.abandon()
    clock.until(HORIZON)
    charged = LIMIT - left(at, HORIZON)
    if stream:
        held_back = 2 if fault.kind in HOLD_BACK else 0
        assert ticket.sent_tokens - 1e-3 <= charged <= ticket.sent_tokens + held_back + 1e-3
    else:
        assert charged == pytest.approx(round(charged), abs=1e-3)
        assert TOKENS >= round(charged) >= TOKENS * ticket.is_complete


@given(st.integers(0, TOKENS), st.floats(1.0, 100.0), st.booleans())
def test_nothing_flows_in_a_stall(tokens: int, seconds: float, lumps: bool) -> None:
    """The level stands still until the rest comes, and then all of it is charged."""
    stall = FAULTS["stall"].model_validate({"kind": "stall", "at": {"tokens": tokens}, "for": f"{seconds:.3f}s"})
    at, clock = endpoint(Phase(0.0, (stall,))), Crank()
    begun(at, clock, stream=True, lumps=lumps)
    stalled = 1.0 + tokens * GAP
    for now in (stalled + 1e-3, stalled + 0.5, stalled + 0.9):
        clock.until(now)
        assert left(at, now) == pytest.approx(LIMIT - tokens, abs=1e-3)
    clock.until(HORIZON)
    assert left(at, HORIZON) == pytest.approx(LIMIT - TOKENS, abs=1e-3)


@pytest.mark.parametrize("on_disconnect", ["cancel", "finish"])
@pytest.mark.parametrize("stream", [False, True])
def test_abandoned_work_is_charged_as_far_as_it_goes(stream: bool, on_disconnect: str) -> None:
    """To its end where it is finished all the same, else up to its last whole token."""
    at, clock = endpoint(on_disconnect=on_disconnect), Crank()
    _, player, _ = begun(at, clock, stream)
    clock.until(2.1)
    player.abandon()
    assert left(at, 2.1) == pytest.approx(LIMIT - (4 if on_disconnect == "cancel" else 4.4), abs=1e-3)
    clock.until(HORIZON)
    assert left(at, HORIZON) == pytest.approx(LIMIT - (4 if on_disconnect == "cancel" else TOKENS), abs=1e-3)


def test_an_overdrawn_bucket_lets_nobody_in() -> None:
    """Who is in may overdraw it; who comes then waits until there is a token again, and hears for how long."""
    at, clock = endpoint(limits={"output_tokens": "60/min", "burst_over": "4s"}), Crank()
    first = [begun(at, clock, stream=True, client=client)[0] for client in range(2)]
    clock.until(2.0)  # four tokens, and eight that have flown: what came in before was too much for the bucket
    refused, _, sink = begun(at, clock, stream=True, client=2)
    assert [(step.status, step.retry_after) for _, step in sink.seen if isinstance(step, Head)] == [(429, 4.0)]
    [message] = [step.message for _, step in sink.seen if isinstance(step, Error)]
    assert message.endswith("organization of 60 output tokens per minute.")
    assert (refused.granted_at, left(at, 2.0)) == (None, 0.0)
    clock.until(4.0)
    assert all(ticket.is_complete for ticket in first)
    [quota] = [quota for quota in at.quotas(4.0) if quota.name == "output-tokens"]
    assert quota.seconds_to_full == pytest.approx(4 + 2 * TOKENS - 4 - 3.0, abs=1e-6)
    admitted = [begun(at, Crank(now), stream=True, client=3)[0].granted_at is not None for now in (21.9, 22.0)]
    assert admitted == [False, True]


@given(st.lists(st.tuples(instants, st.booleans(), st.none() | st.floats(0.0, 9.0)), max_size=8), instants)
def test_many_answers_flow_into_one_sum(asked: list[tuple[float, bool, float | None]], now: float) -> None:
    """At any time the level is what the whole tokens of all of them leave, but for one of each on its way."""
    at, clock = endpoint(), Crank()
    moments: list[tuple[float, Any]] = []
    tickets: list[Ticket] = []

    def begin(client: int, stream: bool, leaves: float | None) -> None:
        ticket, player, _ = begun(at, clock, stream, client=client)
        tickets.append(ticket)
        if leaves is not None:
            clock.timer(leaves, lambda *_: player.abandon(), None)

    for client, (when, stream, leaves) in enumerate(asked):
        moments.append((when, lambda *_, given=(client, stream, leaves): begin(*given)))
    for when, begins in moments:
        clock.timer(when, begins, None)
    clock.until(now)
    made = 0.0
    for ticket in tickets:
        assert ticket.granted_at is not None
        until = now if ticket.ended is None else min(now, ticket.ended)
        flown = min(TOKENS, max(0.0, (until - ticket.granted_at - 1.0) / GAP))
        made += flown if ticket.ended is None else int(flown + 1e-6)
    assert left(at, now) == pytest.approx(LIMIT - made, abs=1e-3)


def test_a_late_machine_charges_what_was_due() -> None:
    """A run that is begun after its time has flown since then; that its end is late makes it no longer."""
    at = endpoint()
    ticket = at.answer(Request(Identity(0, 0), True, 10, 1000), 0.0, is_fresh=True)
    assert at.meter is not None
    at.meter.begin(ticket, 1.0, GAP, 2.0)
    assert left(at, 2.0) == pytest.approx(LIMIT - 4, abs=1e-4)
    assert left(at, 3.0) == pytest.approx(LIMIT - 8, abs=1e-4)
    at.meter.end(ticket, TOKENS, 9.0)
    assert left(at, 9.0) == pytest.approx(LIMIT - TOKENS, abs=1e-4)


def test_without_an_output_quota_nothing_is_metered() -> None:
    """There is nothing to tell, and a plain answer is one wait."""
    at, clock = endpoint(limits={"requests": "1000/min"}), Crank()
    assert at.meter is None
    ticket = at.answer(Request(Identity(0, 0), False, 10, 1000), 0.0, is_fresh=True)
    plan = at.admit(ticket, clock.time)
    assert plan is not None
    assert plan[0] == Wait(1.0 + TOKENS * GAP)
    assert ADMIT not in plan
