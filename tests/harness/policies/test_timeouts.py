"""Limits on an attempt: on all of it, on its headers, and on a stream's first content."""

from __future__ import annotations

from typing import Any

import pytest

from brownout.harness.policies.effects import Attempt, Read
from brownout.harness.policies.layer import Layer
from brownout.harness.policies.layers import LAYERS
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.policies.outcome import OK, Outcome, exception_of
from brownout.harness.policies.stack import build

from .hand_cranked import Bench, Pending, a_call

OPENED = Outcome("opened", status=200)
LIMIT = 5.0


class Trial:
    """One attempt of the SDK inside layers."""

    def __init__(self, *names: str, stream: bool = True, **more: Any) -> None:
        self.bench = Bench()
        layers: list[Layer] = [LAYERS[name].model_validate({_KEYS[name]: f"{LIMIT}s"}) for name in names]
        layers += [Layer_.model_validate(given) for Layer_, given in more.get("inside", ())]
        run = build([*layers, Sdk(max_retries=more.get("max_retries", 0))], self.bench.site)
        self.bench.start(run(a_call(stream)))

    @property
    def effect(self) -> Pending:
        """What the SDK waits for."""
        [pending] = [pending for pending in self.bench.port.open if pending.due is None]
        return pending

    def after(self, seconds: float) -> Trial:
        self.bench.port.advance(seconds)
        return self

    def answers(self, outcome: Outcome) -> Trial:
        self.effect.answer(outcome)
        return self

    @property
    def outcome(self) -> Outcome | None:
        """Of the call, once it is over: then nothing may be left."""
        if not self.bench.ends:
            return None
        assert not self.bench.port.open
        [(outcome, error)] = self.bench.ends
        assert error is None
        return outcome


_KEYS = {"attempt_timeout": "total", "first_byte": "limit", "first_token": "limit", "content_gap": "limit"}
ALL = ("attempt_timeout", "first_byte", "first_token")


@pytest.mark.parametrize("name", ALL)
def test_an_attempt_without_headers_ends_at_its_limit(name: str) -> None:
    """As a timeout, whose phase says which; the request is called off."""
    trial = Trial(name)
    request = trial.effect
    assert trial.after(LIMIT - 0.001).outcome is None
    phase = "total" if name == "attempt_timeout" else name
    assert trial.after(0.001).outcome == Outcome("timeout", phase)  # type: ignore[arg-type]
    assert request.is_cancelled


def test_when_the_headers_are_there_the_first_byte_is() -> None:
    """What comes then takes as long as it takes."""
    trial = Trial("first_byte").after(4.0).answers(OPENED).after(600.0)
    assert trial.outcome is None
    assert trial.answers(OK).outcome == OK


def test_headers_are_no_token() -> None:
    """The stream is called off; that it had its headers is told, too."""
    trial = Trial("first_token").after(4.0).answers(OPENED)
    stream = trial.effect
    assert isinstance(stream.effect, Read)
    assert trial.after(1.0).outcome == Outcome("gap", "first_token", 200)
    assert stream.is_cancelled


def test_when_a_token_is_there_the_rest_of_the_stream_is_read_on() -> None:
    trial = Trial("first_token").answers(OPENED).after(4.0).answers(Outcome("text", tokens=1)).after(600.0)
    assert trial.outcome is None
    assert trial.answers(OK).outcome == OK


@pytest.mark.parametrize("name", ALL)
def test_a_stream_that_breaks_before_its_first_token_is_broken(name: str) -> None:
    """The limits have no say in how."""
    broken = Outcome("stream_broken", "stream", 200)
    assert Trial(name).answers(OPENED).after(4.0).answers(broken).outcome == broken


def test_an_attempt_timeout_is_for_all_of_a_stream() -> None:
    trial = Trial("attempt_timeout").answers(OPENED).after(4.0)
    assert trial.outcome is None
    assert trial.after(1.0).outcome == Outcome("timeout", "total")


def test_a_plain_call_has_no_first_token() -> None:
    trial = Trial("first_token", stream=False).after(600.0)
    assert trial.outcome is None
    assert trial.answers(OK).outcome == OK


def test_the_first_byte_of_a_plain_call_comes_with_the_last() -> None:
    assert Trial("first_byte", stream=False).after(LIMIT).outcome == Outcome("timeout", "first_byte")


@pytest.mark.parametrize("name", ["first_byte", "first_token"])
def test_retries_of_the_sdks_own_are_within_the_limit(name: str) -> None:
    """As where the real SDK retries beneath, and nobody sees it."""
    trial = Trial(name, max_retries=9)
    trial.after(1.0).answers(Outcome("connection"))
    assert isinstance(trial.after(1.0).effect.effect, Attempt)
    assert trial.after(LIMIT - 2.0).outcome == Outcome("timeout", name)  # type: ignore[arg-type]


def test_of_two_limits_the_shorter_counts() -> None:
    """Whichever stands outside."""
    for given in ("3s", "9s"):
        trial = Trial("first_byte", inside=[(LAYERS["first_byte"], {"limit": given})])
        assert trial.after(2.999).outcome is None
        assert (trial.after(0.001).outcome is None) is (given == "9s")


def test_a_retry_gives_each_attempt_its_own_time() -> None:
    """And what ran out is tried again as a timeout."""
    bench = Bench()
    layers = [
        LAYERS["retry"].model_validate({"retries": 2, "backoff": {"base": "1s", "factor": 1, "jitter": "none"}}),
        LAYERS["attempt_timeout"].model_validate({"total": "5s"}),
        Sdk(max_retries=0),
    ]
    bench.start(build(layers, bench.site)(a_call()))
    bench.port.advance(5 + 1 + 5 + 1 + 4.999)
    assert not bench.ends
    bench.port.advance(0.001)
    assert bench.ends == [(Outcome("timeout", "total"), None)]
    assert sum(isinstance(pending.effect, Attempt) for pending in bench.port.asked) == 3


@pytest.mark.parametrize(
    "outcome",
    [Outcome("timeout", "total"), Outcome("timeout", "first_byte"), Outcome("gap", "first_token", 200)],
    ids=str,
)
def test_what_is_raised_for_them_is_our_own(outcome: Outcome) -> None:
    """The SDK has no such limits."""
    assert exception_of(outcome) == "brownout.AttemptTimeout"
