"""Where a plan is cut: nothing is lost at the seam, and nothing is added."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from brownout.fakes.moments import Moment, cut
from brownout.fakes.plan import (
    ADMIT,
    CLOSING,
    FINISH,
    OPENING,
    RELEASE,
    Answer,
    Event,
    Head,
    Plan,
    Tokens,
    Wait,
    split_tokens,
    tokens_in,
)

from .plans import MOMENTS, merged, rests, segments, streams

MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)
moments = st.sampled_from(MOMENTS).map(MOMENT.validate_python)


@given(st.one_of(segments, rests()), moments)
def test_the_halves_make_up_the_plan(plan: Plan, moment: Any) -> None:
    """Wherever a plan is cut, both halves together are the plan, to the last step and token; or it is not cut."""
    found = cut(plan, moment)
    if found is not None:
        before, after = found
        assert merged((*before, *after)) == merged(plan)
        assert tokens_in(before) + tokens_in(after) == tokens_in(plan)


@given(streams(), st.integers(0, 200))
def test_a_plan_is_split_after_so_many_tokens(plan: Plan, count: int) -> None:
    """The first half has just that many; a plan with fewer cannot be split there; no run is left empty."""
    split = split_tokens(plan, count)
    assert (split is None) is (count > tokens_in(plan))
    if split is not None:
        assert tokens_in(split[0]) == count
        assert all(step.count > 0 for half in split for step in half if isinstance(step, Tokens))


@given(streams(), st.integers(0, 200))
def test_a_moment_in_tokens_does_not_depend_on_the_length_drawn(plan: Plan, tokens: int) -> None:
    """An answer that is shorter is cut at its last token, so that the fault takes effect all the same."""
    found = cut(plan, MOMENT.validate_python({"tokens": tokens}))
    assert found is not None
    assert tokens_in(found[0]) == min(tokens, tokens_in(plan))
    assert FINISH in found[1]


@given(streams(), st.integers(0, 100))
def test_a_moment_in_percent_is_a_share_of_the_tokens(plan: Plan, percent: int) -> None:
    """Half of a stream is half of its content events, rounded down."""
    found = cut(plan, MOMENT.validate_python({"fraction": f"{percent}%"}))
    assert found is not None
    assert tokens_in(found[0]) == int(percent / 100 * tokens_in(plan))


WAY: Plan = (Wait(0.1), ADMIT)
STREAM: Plan = (Wait(1.0), Head(sse=True), *OPENING, Tokens(4, 0.5), RELEASE, *CLOSING, FINISH)
PLAIN: Plan = (Wait(3.0), RELEASE, Head(), Answer(), FINISH)
LAST = Event("message_stop")

FIRST_STEPS: dict[str, tuple[Any, Any, Any]] = {
    # moment: the first step of what it cuts off from the way there, a stream, a plain answer; None: it is not there
    "arrival": (ADMIT, None, None),
    "before_headers": (None, Head(sse=True), Head()),
    "after_headers": (None, OPENING[0], Answer()),
    "before_end": (None, LAST, Answer(1 - 2**-53, 1.0)),
    "tokens: 0": (None, Tokens(4, 0.5), Answer(0.5, 1.0)),
    "tokens: 3": (None, Tokens(1, 0.5), Answer(0.5, 1.0)),
    "tokens: 4": (None, RELEASE, Answer(0.5, 1.0)),
    "tokens: 99": (None, RELEASE, Answer(0.5, 1.0)),
    "fraction: 0%": (None, Tokens(4, 0.5), Answer(0.0, 1.0)),
    "fraction: 75%": (None, Tokens(1, 0.5), Answer(0.75, 1.0)),
    "fraction: 100%": (None, RELEASE, Answer(1 - 2**-53, 1.0)),
}


def moment_of(text: str) -> Any:
    name, colon, value = text.partition(": ")
    return MOMENT.validate_python({name: int(value) if value.isdecimal() else value} if colon else name)


@pytest.mark.parametrize(("moment", "steps"), FIRST_STEPS.items(), ids=list(FIRST_STEPS))
@pytest.mark.parametrize("which", [0, 1, 2], ids=["way", "stream", "plain"])
def test_a_moment_is_here(moment: str, steps: tuple[Any, Any, Any], which: int) -> None:
    """What a moment cuts off begins with just this step, in each segment that a request has."""
    found = cut((WAY, STREAM, PLAIN)[which], moment_of(moment))
    assert (found[1][0] if found else None) == steps[which]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_plain_answer_that_is_cut_is_never_whole(share: float) -> None:
    """Whoever has every byte has the answer: a fault that came after them would be none."""
    found = cut(PLAIN, MOMENT.validate_python({"fraction": f"{share:.0%}"}))
    assert found is not None
    *_, part = found[0]
    assert isinstance(part, Answer)
    assert part.end < 1.0
    assert all(int(part.end * length) < length for length in (1, 2, 353, 4096, 10**6, 2**31))


@pytest.mark.parametrize("given", [{"tokens": -1}, {"fraction": "101%"}, {"fraction": 0.5}, {"bytes": 3}, "later", {}])
def test_what_is_no_moment_is_refused(given: Any) -> None:
    """A moment that is not one is an error where it is read."""
    with pytest.raises(ValidationError):
        MOMENT.validate_python(given)
