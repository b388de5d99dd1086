"""The arithmetic of a stack is what the simulator sees, request by request and second by second."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.fakes.units import format_duration
from brownout.harness.client import Client
from brownout.harness.doctor.factors import factors, product
from brownout.harness.doctor.figures import OVERLOADED, silence, spent
from brownout.harness.doctor.finding import Place
from brownout.harness.doctor.proving import only_call, played
from brownout.harness.doctor.subject import Subject, subjects
from brownout.harness.doctor.walk import MOST
from brownout.harness.files import loads
from brownout.harness.policies.layer import Layer

LONG = 1e6


def subject(*layers: dict[str, Any], read: str = "7s") -> Subject:
    """A client of these layers."""
    text = json.dumps({"name": "mine", "timeouts": {"read": read}, "layers": list(layers)})
    [found] = subjects(loads(text, Client), lambda loc, on_key: Place("mine"), None)
    return found


def retry(retries: int, **more: Any) -> dict[str, Any]:
    return {"retry": {"retries": retries, "backoff": {"base": "2s", "jitter": "none"}} | more}


def sdk(retries: int, **more: Any) -> dict[str, Any]:
    return {"sdk": {"max_retries": retries} | more}


EXACT = {
    "once": ([sdk(0)], 1, 7.0),
    "retried": ([retry(3), sdk(0)], 4, 4 * 7.0 + 2 + 4 + 8),
    "retried twice over": ([retry(1), retry(2), sdk(0)], 6, 6 * 7.0 + 2 * (2 + 4) + 2),
    "a deadline in a wait": ([{"deadline": {"total": "8s"}}, retry(3), sdk(0)], 1, 8.0),
    "a deadline in a try": ([{"deadline": {"total": "12s"}}, retry(3), sdk(0)], 2, 12.0),
    "attempts that end": ([retry(2), {"attempt_timeout": {"total": "3s"}}, sdk(0)], 3, 3 * 3.0 + 2 + 4),
    "a first byte": ([retry(1), {"first_byte": {"limit": "5s"}}, sdk(0)], 2, 2 * 5.0 + 2),
    "of two the shorter": ([{"first_byte": {"limit": "9s"}}, {"first_byte": {"limit": "4s"}}, sdk(0)], 1, 4.0),
    "no time for more": ([retry(5, within="19s"), sdk(0)], 2, 2 * 7.0 + 2),
    "a budget of one": ([retry(5, budget={"capacity": 1}), sdk(0)], 2, 2 * 7.0 + 2),
    "not a cause": ([retry(3, on=["rate_limit"]), sdk(0)], 1, 7.0),
    "hedged": ([{"hedge": {"after": "3s", "hedges": 2}}, sdk(0)], 3, 6.0 + 7.0),
    "hedged late": ([{"hedge": {"after": "30s", "hedges": 2}}, sdk(0)], 3, 21.0),
    "hedged in tries": ([retry(1), {"hedge": {"after": "3s"}}, sdk(0)], 4, 2 * 10.0 + 2),
    "elsewhere": ([{"fallback": {"to": [{"model": "a"}, {"model": "b"}]}}, sdk(0)], 3, 21.0),
    "a breaker in the way": ([retry(5), {"breaker": {"failures": 2, "open_for": "1h"}}, sdk(0)], 2, 2 * 7.0 + 2 + 4),
}


@pytest.mark.parametrize(("layers", "requests", "seconds"), EXACT.values(), ids=EXACT)
def test_silence_by_hand(layers: list[dict[str, Any]], requests: int, seconds: float) -> None:
    """What one reckons on paper, what the figures say, and what the simulator sees."""
    found = subject(*layers)
    reckoned = silence(found.layers, found.timeouts)
    call = only_call(played(found, {"kind": "no_answer"}, seconds=LONG))
    assert call.finished is not None
    assert (reckoned.requests, reckoned.seconds) == (requests, pytest.approx(seconds))
    assert (call.attempts, call.finished - call.started) == (requests, pytest.approx(seconds))


@pytest.mark.parametrize(
    ("layers", "requests"),
    [([sdk(2)], 3), ([retry(3), sdk(2)], 12), ([retry(1), {"hedge": {"after": "1s"}}, sdk(1)], 8)],
    ids=["the SDK's own", "stacked", "with hedges"],
)
def test_factors_multiply(layers: list[dict[str, Any]], requests: int) -> None:
    """To the requests that are sent when nothing is answered."""
    found = subject(*layers)
    assert product(factors(found.layers)) == requests
    assert only_call(played(found, {"kind": "no_answer"}, seconds=LONG)).attempts == requests


def test_too_many_to_count() -> None:
    """Nobody counts to a million to tell that it is too many."""
    found = silence(subject(retry(1000), sdk(1000)).layers, subject(sdk(0)).timeouts)
    assert not found.is_whole
    assert found.requests > MOST


def durations(apart: int = 0) -> st.SearchStrategy[str]:
    """Tenths of a second, and so many microseconds: limits that end in one instant have no order to reckon with."""
    return st.integers(1, 400).map(lambda tenths: format_duration((tenths * 100_000 + apart) / 1e6))


backoffs = st.fixed_dictionaries(
    {"base": durations(), "growth": st.sampled_from(["constant", "exponential", "fibonacci"])},
    optional={"max": durations(), "jitter": st.sampled_from(["none", "full", "equal", {"additive": "1s"}])},
)
retries = st.fixed_dictionaries(
    {"retries": st.integers(0, 4), "backoff": backoffs},
    optional={
        "within": durations(1100),
        "budget": st.just({"capacity": 2}),
        "on": st.sampled_from([["timeout"], ["overloaded", "read_timeout"], ["connection"]]),
    },
)
above = st.one_of(
    retries.map(lambda each: {"retry": each}),
    durations(13_000).map(lambda each: {"hedge": {"after": each, "hedges": 2}}),
    durations(3700).map(lambda each: {"first_byte": {"limit": each}}),
    st.just({"content_gap": {"limit": "5s"}}),
)
stacks = st.builds(
    lambda deadline, layers, own: [*([{"deadline": {"total": deadline}}] if deadline else []), *layers, sdk(own)],
    st.none() | durations(7100),
    st.lists(above, max_size=3),
    st.integers(0, 3),
)


@settings(max_examples=60, deadline=None)
@given(stacks, durations(), st.sampled_from(["no_answer", "overload"]))
def test_what_is_reckoned_is_what_happens(layers: list[dict[str, Any]], read: str, kind: str) -> None:
    """For any stack: without jitter to the millisecond; with it, no more than the most that was reckoned."""
    found = subject(*layers, read=read)
    most, least = ends(found.layers, found, kind, 1.0), ends(found.layers, found, kind, 0.0)
    call = only_call(played(found, {"kind": kind}, seconds=LONG))
    assert call.finished is not None
    took = call.finished - call.started
    if is_sure(found.layers):
        assert call.attempts == most[0]
        assert took == pytest.approx(most[1], abs=1e-6)
    elif not any(layer.name in ("hedge", "deadline", "first_byte") for layer in found.layers) and not has_limits(found):
        assert least[1] - 1e-6 <= took <= most[1] + 1e-6
        assert call.attempts == most[0] == least[0]


def ends(layers: tuple[Layer, ...], found: Subject, kind: str, u: float) -> tuple[int, float]:
    reckoned = silence(layers, found.timeouts, u) if kind == "no_answer" else spent(layers, OVERLOADED, 0.0, u)
    return reckoned.requests, reckoned.seconds


def is_sure(layers: tuple[Layer, ...]) -> bool:
    """Whether nothing in it is drawn."""
    for layer in layers:
        if layer.name == "retry" and layer.backoff.jitter != "none":  # type: ignore[attr-defined]
            return False
        if layer.name == "sdk" and layer.max_retries:  # type: ignore[attr-defined]
            return False
    return True


def has_limits(found: Subject) -> bool:
    return any(getattr(layer, "within", None) is not None for layer in found.layers)
