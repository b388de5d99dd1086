"""What programs of all kinds come to: each is called as it wants to be, and what is told of it is what it did."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from brownout.harness import sources
from brownout.harness.cells import Job
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.results import Backend
from brownout.harness.scenario import Scenario

PROGRAMS = Path(__file__).with_name("programs.py")
SCENARIO = """
name: one-second
workload:
  clients: 2
  arrivals: {{kind: steady, rate: 6/s}}
  calls: {{deadline: 10s, stream: 50%, output_tokens: {{median: 4, p95: 8}}}}
server: {{latency: {{first_token: 100ms, token_gap: 2ms, round_trip: 4ms}}}}
timeline:
  - {{for: 1s, faults: [{faults}]}}
"""
CALLS = 6
FINE = (
    *("coroutine", "function", "asynchronous_generator", "generator", "Asked", "Called", "Static", "OfTheClass"),
    *("an_object", "an_object_that_is_called", "part_of_a_function", "messages", "nothing_given"),
    *("wrapped_function", "wrapped_coroutine", "wrapped_without_a_name", "everything_by_name"),
    *("in_a_thread_of_its_own", "in_an_executor"),
    *("in_an_executor_of_the_loop", "under_a_lock", "holds_up_its_loop", "talkative"),
)
on_each = pytest.mark.parametrize("backend", ["virtual", "wire"])


def play(name: str, backend: Backend, faults: str = "") -> Ledger:
    """One program for a second."""
    program = sources.contestant(f"{PROGRAMS}:{name}").value
    return Job(loads(SCENARIO.format(faults=faults), Scenario), program, 1, backend, 1.0).play()


def outcomes(ledger: Ledger) -> dict[tuple[str, str], int]:
    """How often each outcome, with the exception."""
    return dict(Counter((call.outcome, call.exception) for call in ledger.calls))


@pytest.mark.parametrize("name", FINE)
def test_however_it_is_made_each_call_is_one_request_and_an_answer(name: str) -> None:
    """In virtual time, where threads and locks are others."""
    ledger = play(name, "virtual")
    assert outcomes(ledger) == {("ok", ""): CALLS}
    assert [call.attempts for call in ledger.calls] == [1] * CALLS
    assert [attempt.who[:2] for attempt in ledger.attempts] == [call[:2] for call in ledger.calls]


@pytest.mark.parametrize("name", ["coroutine", "generator", "in_an_executor", "Called"])
def test_so_it_is_on_the_wire(name: str) -> None:
    """Some of each kind: a second of real time is a second."""
    assert outcomes(play(name, "wire")) == {("ok", ""): CALLS}


def test_requests_side_by_side_are_told_apart() -> None:
    """By their numbers, in whatever order they come back."""
    ledger = play("side_by_side", "virtual")
    assert {attempt.who.attempt for attempt in ledger.attempts} == {0, 1}
    assert [call.attempts for call in ledger.calls] == [2] * CALLS
    assert len({attempt.who for attempt in ledger.attempts}) == 2 * CALLS


ENDS: dict[str, tuple[str, str, dict[tuple[str, str], int]]] = {
    "a limit of its own": ("limits_itself", "", {("deadline", "builtins.TimeoutError"): CALLS}),
    "errors swallowed": ("swallows_errors", "{kind: overload}", {("unanswered", ""): CALLS}),
    "an error of the SDK": ("function", "{kind: overload}", {("status", "anthropic.OverloadedError"): CALLS}),
    "an error after an answer": ("raises_after_an_answer", "", {("raised", "builtins.LookupError"): CALLS}),
    "cut off, and taken": ("takes_what_is_cut_off", "{kind: truncate}", {("truncated", ""): CALLS}),
    "cut off, and minded": ("minds_what_is_cut_off", "{kind: truncate}", {("truncated", "builtins.EOFError"): CALLS}),
    "reset in a stream": (
        "generator",
        "{kind: reset, at: {tokens: 2}}",
        {("stream_broken", "httpx2.ReadError"): CALLS},
    ),
    "one of two": ("hedges", "{kind: overload, where: {attempts: [0]}}", {("ok", ""): CALLS}),
    "none of two": ("hedges", "{kind: overload}", {("status", "builtins.ConnectionError"): CALLS}),
    "refused": ("coroutine", "{kind: refuse}", {("connection", "anthropic.APIConnectionError"): CALLS}),
}


@pytest.mark.parametrize(("name", "faults", "expected"), ENDS.values(), ids=ENDS)
def test_what_a_call_has_come_to(name: str, faults: str, expected: dict[tuple[str, str], int]) -> None:
    """By what the program returned or raised, and what its last request has come to."""
    assert outcomes(play(name, "virtual", faults)) == expected


@pytest.mark.slow
@pytest.mark.parametrize(("name", "faults", "expected"), ENDS.values(), ids=ENDS)
def test_so_it_has_on_the_wire(name: str, faults: str, expected: dict[tuple[str, str], int]) -> None:
    """Over real sockets."""
    assert outcomes(play(name, "wire", faults)) == expected


def test_an_answer_that_did_not_come_from_the_service_is_none() -> None:
    """Half of the calls are answered by the program itself."""
    found = outcomes(play("does_not_ask_everybody", "virtual"))
    assert found.keys() == {("ok", ""), ("unanswered", "")}


@on_each
@pytest.mark.parametrize("name", ["deaf", "deaf_and_blocking"])
def test_who_does_not_hear_when_it_is_called_off_is_left_behind(name: str, backend: Backend) -> None:
    """The run ends in its time, whatever is caught."""
    assert outcomes(play(name, backend, "{kind: overload}")).keys() == {("censored", "")}


def test_what_it_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    """Neither to the terminal nor into what other programs read."""
    play("talkative", "virtual")
    assert capfd.readouterr() == ("", "")
