"""The `sdk` layer against the SDK itself: the same answers, attempt by attempt, and what becomes of the call."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout.harness.drivers.sdk.classify import of_call

from .conftest import Newest, Oldest
from .observe import ENDINGS, Reply, Script
from .predict import BEFORE_THE_HEADERS, BEHIND_THE_HEADERS, jitter, predict

STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529)
RETRIED = (408, 409, 429, 500, 502, 503, 504, 529)
SECONDS = ("1", "5", "0.25", "60", "60.5", "61", "3600", "5e6", "0", "-1", "inf", "nan", "", "soon")
MILLISECONDS = ("1", "1500", "60000", "60001", "0", "-5", "2.5", "inf", "soon")

advice = st.fixed_dictionaries(
    {},
    optional={
        "retry-after": st.sampled_from(SECONDS),
        "retry-after-ms": st.sampled_from(MILLISECONDS),
        "x-should-retry": st.sampled_from(("true", "false", "TRUE", "")),
    },
)
breaks = st.sampled_from(sorted(BEHIND_THE_HEADERS))


def error(statuses: tuple[int, ...], raises: st.SearchStrategy[str]) -> st.SearchStrategy[Reply]:
    """An error status with all sorts of headers; its body may break."""
    return st.tuples(st.sampled_from(statuses), advice, raises).map(lambda drawn: Reply(*drawn))


errors = error(STATUSES, st.just(""))
retried_errors = error(RETRIED, st.just(""))
broken_errors = error(STATUSES, breaks)
failures = st.sampled_from(sorted(BEFORE_THE_HEADERS)).map(lambda raises: Reply(0, raises=raises))
answers = st.sampled_from(sorted(ENDINGS)).map(lambda ending: Reply(200, ending=ending))
broken_answers = breaks.map(lambda raises: Reply(200, raises=raises))
replies = st.one_of(errors, retried_errors, retried_errors, broken_errors, failures, failures, answers, broken_answers)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """One call with an answer for each attempt that it may come to."""
    max_retries = draw(st.integers(0, 6))
    attempts = max_retries + 1
    drawn = draw(st.lists(replies, min_size=attempts, max_size=attempts))
    return Script(drawn, max_retries, draw(st.booleans()), [jitter(n) for n in range(attempts)])


@settings(max_examples=600, deadline=None)
@given(script=scripts())
def test_layer_attempts_waits_and_fails_as_the_sdk_does(sdk: Newest | Oldest, script: Script) -> None:
    """Attempts, waits to the last bit, and the exception in the end are the same."""
    predicted, _ = predict(script, sdk.major)
    assert predicted == sdk.play(script)


@pytest.mark.parametrize("stream", [False, True])
def test_each_status_is_retried_and_named_as_by_the_sdk(sdk: Newest | Oldest, stream: bool) -> None:
    """Every status from 300 to 599 has its class, and is tried again or not."""
    for status in range(300, 600):
        script = Script(2 * [Reply(status)], 1, stream, [jitter(0), jitter(1)])
        predicted, _ = predict(script, sdk.major)
        assert predicted == sdk.play(script), status


def assert_is_read_back(newest: Newest, script: Script) -> None:
    """The wire's classification of what the SDK raised is the outcome that the layer returns for the same call."""
    _, outcome = predict(script, "2")
    seen = newest.play(script)
    if newest.sdk.error is None:
        assert outcome.exception == ""
        return
    classified = of_call(newest.sdk.error, 1.0)
    assert classified.raised == seen.raised
    assert repr(classified._replace(raised="")) == repr(outcome)  # repr: one nan is not equal to another


@settings(max_examples=200, deadline=None)
@given(script=scripts())
def test_what_the_sdk_raised_is_read_back(newest: Newest, script: Script) -> None:
    """However many attempts came before."""
    assert_is_read_back(newest, script)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    "reply",
    [
        *(Reply(0, raises=raises) for raises in BEFORE_THE_HEADERS),
        *(Reply(status, raises=raises) for status in (200, 400, 529) for raises in BEHIND_THE_HEADERS),
        *(Reply(status) for status in STATUSES),
        *(Reply(200, ending=ending) for ending in ENDINGS),
    ],
    ids=lambda reply: " ".join(filter(None, (str(reply.status or ""), reply.raises, reply.ending))),
)
def test_each_way_to_fail_is_read_back(newest: Newest, reply: Reply, stream: bool) -> None:
    """One attempt is enough to tell them apart."""
    assert_is_read_back(newest, Script([reply], 0, stream, [jitter(0)]))
