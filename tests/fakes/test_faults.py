"""What holds for every fault, whatever its kind: it is a pure function of a plan, and it knows whom it is for."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from brownout.fakes.capacity import Capacity
from brownout.fakes.distributions import tokens_always
from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint, Service
from brownout.fakes.faults import FAULTS, Fault, Where
from brownout.fakes.faults.noop import Noop
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Limits
from brownout.fakes.moments import cut
from brownout.fakes.plan import Admit, Mark, Plan, Release, Reset, is_unanswered, tokens_in
from brownout.fakes.ticket import Request
from brownout.fakes.timeline import Phase, Timeline

from .plans import EVERY_FAULT, faults, merged, plain, rests, segments, streams

MARK = Mark(0)


def named(fault: Fault) -> str:
    moment = fault.at if isinstance(fault.at, str) else "-".join(f"{k}={v}" for k, v in fault.at.model_dump().items())
    return f"{fault.kind}-{moment}"


# -- pure functions of a plan


@given(faults, st.one_of(segments, rests()))
def test_a_fault_changes_a_plan_only_from_its_moment_on(fault: Fault, plan: Plan) -> None:
    """What comes before the moment stays, then comes the mark, once; no token is added; and it is the same again."""
    changed = fault.apply(plan, MARK)
    assert changed == fault.apply(plan, MARK)
    if changed is None:
        return
    found = cut(plan, fault.at)
    assert found is not None
    before, _ = found
    assert changed[: len(before) + 1] == (*before, MARK)
    assert changed.count(MARK) == 1
    assert tokens_in(changed) <= tokens_in(plan)


@given(faults, st.one_of(segments, rests()))
def test_a_fault_strikes_at_once(fault: Fault, rest: Plan) -> None:
    """Whatever is still to come of a request, the mark comes first; no token is added; and it is the same again."""
    changed = fault.strike(rest, MARK)
    assert changed == fault.strike(rest, MARK)
    if changed is not None:
        assert changed[0] == MARK
        assert changed.count(MARK) == 1
        assert tokens_in(changed) <= tokens_in(rest)


@given(faults, st.one_of(streams(), plain))
def test_no_fault_keeps_the_slot(fault: Fault, plan: Plan) -> None:
    """Whatever goes wrong on the way to the client, the slot is given back; `Reset` does so by itself."""
    changed = fault.apply(plan, MARK)
    if changed is not None:
        assert Release() in changed or isinstance(changed[-1], Reset)


@given(st.one_of(segments, rests()))
def test_the_identity_fault_is_one(plan: Plan) -> None:
    """`noop` leaves every step and every token as it is."""
    for at in ("arrival", "before_headers", "after_headers", "before_end"):
        changed = Noop(at=at).apply(plan, MARK)
        assert changed is None or merged(tuple(step for step in changed if step != MARK)) == merged(plan)


def service(*phases: Phase) -> Service:
    latency = Latency.model_validate({"first_token": "1s", "token_gap": "250ms"})
    return Service(latency, Capacity(), Limits(), ((1.0, tokens_always(8)),), phases)


def fires(fault: Fault, stream: bool) -> bool:
    """Whether the fault gets into the plan of a request, now or with its next segment."""
    endpoint = Endpoint(service(Phase(1.0, (fault,))), seed=1)
    if fault.on_connect:
        return endpoint.entrance.connect(Identity(0, 0), False, 0.0) is not None
    if fault.on_upload:
        return endpoint.entrance.upload(Identity(0, 0), 0.0) is not None
    ticket = endpoint.answer(Request(Identity(0, 0), stream, 10, 100), 0.0, is_fresh=True)
    plan = ticket.segment
    if any(isinstance(step, Admit) for step in plan):
        plan += endpoint.admit(ticket, 0.1) or ()
    return MARK in plan


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=named)
def test_every_fault_takes_effect_at_every_moment_it_allows(fault: Fault) -> None:
    """A moment that a file may name is one at which the fault can strike: of a stream, and of a plain answer too."""
    assert fires(fault, stream=True) is not fault.plain_only
    assert fires(fault, stream=False) is not fault.streams_only


# -- the catalogue


@pytest.mark.parametrize("kind", FAULTS)
def test_a_kind_is_documented_and_survives_its_file(kind: str) -> None:
    """Each has a sentence, an example that reads, and comes back the same from what is written of it."""
    cls = FAULTS[kind]
    assert cls.__doc__
    assert cls.__doc__.rstrip().endswith(".")
    assert cls.example["kind"] == kind
    assert cls.fidelity.keys() == {"wire", "virtual", "sim"}
    fault = cls.model_validate(cls.example)
    assert cls.model_validate(fault.model_dump(mode="json", by_alias=True)) == fault
    assert fault.kind == kind


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize(
    "wrong",
    [{"share": "0%"}, {"share": 0.5}, {"per": "host"}, {"per": {"window": "0s"}}, {"where": {"clients": []}}, {"x": 1}],
    ids=str,
)
def test_what_is_no_fault_is_refused(kind: str, wrong: dict[str, Any]) -> None:
    """A setting that means nothing is an error and not a default."""
    with pytest.raises(ValidationError):
        FAULTS[kind].model_validate({**FAULTS[kind].example, **wrong})


# -- whom it is for

WHO = [Identity(*numbers) for numbers in product(range(3), range(3), range(3), range(2))]

WHERE: dict[str, tuple[dict[str, Any], Any]] = {
    # what a file says: whether it includes a request
    "everybody": ({}, lambda who, stream: True),
    "clients": ({"clients": [0, 2]}, lambda who, stream: who.client in (0, 2)),
    "calls": ({"calls": [1]}, lambda who, stream: who.call == 1),
    "first attempts": ({"attempts": [0]}, lambda who, stream: who.attempt == 0),
    "streams": ({"stream": True}, lambda who, stream: stream),
    "plain": ({"stream": False}, lambda who, stream: not stream),
    "all of it": (
        {"clients": [1], "calls": [1, 2], "attempts": [0], "stream": True},
        lambda who, stream: who.client == 1 and who.call in (1, 2) and who.attempt == 0 and stream,
    ),
}


@pytest.mark.parametrize(("given", "includes"), WHERE.values(), ids=list(WHERE))
def test_where_names_requests(given: dict[str, Any], includes: Any) -> None:
    """A fault is for the requests that every restriction lets through; what is not named is not restricted."""
    noop = Noop.model_validate({"kind": "noop", "where": given})
    assert noop.where == Where.model_validate(given)
    for who, stream in product(WHO, (False, True)):
        assert noop.concerns(who, stream) == includes(who, stream)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_of_streams_is_for_streams_alone(kind: str) -> None:
    """A plain request is not counted among those a fault was meant for if it cannot meet it."""
    fault = FAULTS[kind].model_validate(FAULTS[kind].example)
    assert fault.concerns(Identity(0, 0), stream=True) is not fault.plain_only
    assert fault.concerns(Identity(0, 0), stream=False) is not fault.streams_only


def hit(
    fault: Fault, who: Iterable[Identity], now: float = 0.0, seed: int = 1, stream: bool = True
) -> dict[Identity, bool]:
    """Who is hit of some."""
    (armed,) = Timeline((Phase(1.0, (fault,)),), seed).in_force
    return {each: armed.hits(each, stream, now) for each in who}


def noop(share: str, per: Any = "attempt") -> Noop:
    return Noop.model_validate({"kind": "noop", "share": share, "per": per})


CROWD = [Identity(client, call, attempt) for client in range(50) for call in range(20) for attempt in range(5)]

GROUPS: dict[str, tuple[Any, Any]] = {
    # what shares a draw: the group of a request
    "attempt": ("attempt", lambda who: who),
    "call": ("call", lambda who: (who.client, who.call)),
    "client": ("client", lambda who: who.client),
    "endpoint": ("endpoint", lambda who: None),
    "window": ({"window": "5s"}, lambda who: None),
}


@pytest.mark.parametrize(("per", "group"), GROUPS.values(), ids=list(GROUPS))
def test_one_draw_decides_for_a_whole_group(per: Any, group: Any) -> None:
    """Requests that share a draw share their fate; the groups themselves differ, as often as the share says."""
    fates: dict[Any, set[bool]] = {}
    for seed in range(200 if group(CROWD[0]) is None else 1):
        for who, is_hit in hit(noop("30%", per), CROWD if seed == 0 else CROWD[:10], seed=seed).items():
            fates.setdefault((seed, group(who)), set()).add(is_hit)
    assert all(len(fate) == 1 for fate in fates.values())
    hits = sum(fate == {True} for fate in fates.values()) / len(fates)
    spread = 4 * (0.3 * 0.7 / len(fates)) ** 0.5
    assert hits == pytest.approx(0.3, abs=spread)


@given(st.floats(0.0, 1e6), st.floats(0.0, 1e6), st.integers(0, 1000))
def test_a_window_is_a_stretch_of_time(one: float, other: float, seed: int) -> None:
    """Whoever arrives in the same window meets the same fate; no window has a label of another."""
    fault = noop("50%", {"window": "5s"})
    who = Identity(0, 0), Identity(7, 3, 1)
    together = int(one // 5) == int(other // 5)
    assert (fault.label(who[0], one) == fault.label(who[1], other)) is together
    if together:
        assert hit(fault, who[:1], one, seed)[who[0]] == hit(fault, who[1:], other, seed)[who[1]]


@given(st.integers(1, 100), st.integers(0, 1000))
def test_a_larger_share_hits_the_same_and_more(percent: int, seed: int) -> None:
    """Whoever is hit at some share is hit at every larger one: two intensities of a fault meet the same world."""
    less, more = (hit(noop(f"{share}%"), CROWD[:200], seed=seed) for share in (percent, (percent + 100) // 2))
    assert all(more[who] for who in less if less[who])


def test_everybody_is_everybody() -> None:
    """A share of 100% leaves nobody out."""
    assert all(hit(noop("100%"), CROWD).values())


def test_faults_and_phases_draw_for_themselves() -> None:
    """Two faults of one phase, and the same fault in two phases, hit different requests."""
    half = noop("50%")
    timeline = Timeline((Phase(1.0, (half, half)), Phase(1.0, (half,))), seed=1)
    first, second, third = (armed for row in timeline.armed for armed in row)
    fates = [[armed.hits(who, True, 0.0) for who in CROWD[:500]] for armed in (first, second, third)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        agreeing = sum(a == b for a, b in zip(fates[one], fates[other], strict=True))
        assert 150 < agreeing < 350
    assert timeline.names == ["phase 1: noop #1", "phase 1: noop #2", "phase 2: noop"]


def test_an_answer_that_was_refused_is_no_answer() -> None:
    """Only what has neither arrived nor got headers counts as unanswered."""
    assert is_unanswered((Admit(),))
    assert not is_unanswered(())
