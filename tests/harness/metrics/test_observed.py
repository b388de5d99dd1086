"""What a run is asked: latency, goodness, first text and gaps, whose answer a call got, what kind of call it was."""

from __future__ import annotations

import pytest

from brownout.fakes.draws import Identity
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Observed, latency
from brownout.harness.metrics.observed import once
from brownout.harness.records import CallRecord

from .ledgers import NEVER, attempt, call, scenario, see, served

FLUENT = scenario({"deadline": "10s", "stream": "100%", "first_text_within": "2s", "gap_within": "3s"})
MIXED = scenario(
    [
        {"profile": "chat", "share": "50%", "deadline": "10s", "gap_within": "1s"},
        {"profile": "background", "share": "50%", "deadline": "60s", "first_text_within": "20s"},
    ]
)


@pytest.mark.parametrize(
    ("record", "seconds", "is_good"),
    [
        (call(3.0), 3.0, True),
        (call(10.0), 10.0, True),
        (call(10.1), 10.1, False),
        (call(3.0, intended=100.0), 3.0, True),
        (call(12.0, waited=11.0), 12.0, False),
        (call(0.1, "timeout"), NEVER, False),
        (call(0.1, "status", 529), NEVER, False),
        (call(0.0, "breaker_open"), NEVER, False),
        (call(0.1, "truncated"), NEVER, False),
        (call(0.1, "gap"), NEVER, False),
        (call(0.1, "deadline"), NEVER, False),
        (call(None, "censored"), NEVER, False),
    ],
    ids=lambda value: value.outcome if isinstance(value, CallRecord) else str(value),
)
def test_latency_and_goodness_of_one_call(record: CallRecord, seconds: float, is_good: bool) -> None:
    """Latency counts from when the call was meant to be sent, and is infinite for whatever is no whole answer."""
    assert latency(record) == pytest.approx(seconds)
    assert see(Ledger(calls=[record])).is_good(record) is is_good


@pytest.mark.parametrize(
    ("first_text", "largest_gap", "stream", "is_good"),
    [
        (2.0, 3.0, True, True),
        (2.1, 0.0, True, False),
        (1.0, 3.1, True, False),
        (None, 0.0, True, False),
        (None, 0.0, False, True),
    ],
)
def test_a_stream_has_to_be_fluent_where_the_scenario_says_so(
    first_text: float | None, largest_gap: float, stream: bool, is_good: bool
) -> None:
    """First text and silence have limits of their own, each of them kept when just met; plain calls have neither."""
    record = call(9.0, stream=stream)
    ledger = Ledger(calls=[record], attempts=[attempt(first_text=first_text, largest_gap=largest_gap)])
    assert see(ledger, FLUENT).is_good(record) is is_good
    assert see(ledger).is_good(record)


def test_first_text_is_that_of_the_first_attempt_that_had_any() -> None:
    """Its caller has seen it, whatever became of that attempt; it counts from when the call was meant to be sent."""
    record = call(9.0, intended=100.0, stream=True)
    attempts = [
        attempt("status", started=100.5),
        attempt("gap", who=(0, 0, 1), started=101.0, first_text=103.0, largest_gap=4.0),
        attempt(who=(0, 0, 2), started=107.0, first_text=108.0, largest_gap=0.5),
    ]
    seen = see(Ledger(calls=[record], attempts=attempts))
    assert seen.ttft(record) == 3.0
    assert seen.largest_gap(record) == 4.0


def test_without_any_text_there_is_no_first_and_no_gap() -> None:
    """Never is a time for the first text; a gap in nothing is none."""
    record = call(1.0, "connection", stream=True)
    seen = see(Ledger(calls=[record], attempts=[attempt("connection")]))
    assert seen.ttft(record) == NEVER
    assert seen.largest_gap(record) is None


@pytest.mark.parametrize(("shown", "expected"), [([20], 0.2), ([20, 60, 0], 0.6), ([150], 1.0), ([0], 0.0), ([], 0.0)])
def test_the_share_shown_is_that_of_the_best_attempt(shown: list[int], expected: float) -> None:
    """Attempts do not add up, as each begins anew; a call that is known to the service alone showed nothing."""
    record = call(10.0, "deadline", stream=True)
    attempts = [attempt("cancelled", who=(0, 0, i), shown=tokens) for i, tokens in enumerate(shown)]
    journal = [served(each.who, output_tokens=100) for each in attempts]
    seen = see(Ledger(calls=[record], attempts=attempts, journal=journal or [served()]))
    assert seen.shown(record) == expected


def test_nothing_is_shown_of_what_the_service_never_saw() -> None:
    """A refused call has no answer of which a share could be known."""
    assert see(Ledger(calls=[refused := call(0.0, "breaker_open", stream=True)])).shown(refused) == 0.0


def test_the_answer_is_that_of_the_attempt_that_came_whole_first() -> None:
    """With retries the last, with hedges whichever won; a call that failed was answered by none."""
    calls = [call(4.0), call(4.0, who=(0, 1)), call(4.0, "deadline", who=(0, 2))]
    attempts = [
        attempt("status", who=(0, 0, 0), finished=1.0),
        attempt(who=(0, 0, 1), started=2.0, finished=4.0),
        attempt("cancelled", who=(0, 1, 0, 0), finished=4.0),
        attempt(who=(0, 1, 0, 1), started=3.0, finished=4.0),
        attempt(who=(0, 2), finished=4.0),
    ]
    assert list(see(Ledger(calls=calls, attempts=attempts)).answers) == [Identity(0, 0, 1), Identity(0, 1, 0, 1)]


def test_of_hedges_that_ended_together_the_first_to_be_sent_won() -> None:
    """One answer a call, whatever the order of the records."""
    attempts = [attempt(who=(0, 0, 0, 1), started=0.5), attempt(who=(0, 0))]
    assert list(see(Ledger(calls=[call(1.0)], attempts=attempts)).answers) == [Identity(0, 0)]


def test_the_kind_of_a_call_is_the_one_it_was_asked_as() -> None:
    """The workload draws it by label, and the record is told apart by the same draw: its deadline proves it."""
    work = MIXED.calls(seed=3)
    asks = [work.ask(client, number, 0.0) for client in range(2) for number in range(100)]
    seen = see(Ledger(), MIXED, seed=3)
    kinds = [seen.kind_of(call(1.0, who=(ask.client, ask.call))) for ask in asks]
    assert [(kind.profile, kind.deadline) for kind in kinds] == [(ask.profile, ask.deadline) for ask in asks]
    assert {kind.profile for kind in kinds} == {"chat", "background"}


@pytest.mark.parametrize(
    ("took", "first_text", "largest_gap", "expected"),
    [
        (8.0, 1.0, 2.0, {"chat": False, "background": True}),  # a silence of two seconds
        (30.0, 1.0, 0.5, {"chat": False, "background": True}),  # an answer after half a minute
        (9.0, 8.0, 0.5, {"chat": True, "background": True}),
        (25.0, 24.0, 0.5, {"chat": False, "background": False}),  # no text for 24 seconds
    ],
)
def test_each_kind_of_call_has_limits_of_its_own(
    took: float, first_text: float, largest_gap: float, expected: dict[str, bool]
) -> None:
    """What spoils a chat need not spoil what runs in the background."""
    work = MIXED.calls(seed=1)
    good = {}
    for number in range(20):
        ask = work.ask(0, number, 0.0)
        record = call(took, who=(0, number), deadline=ask.deadline, stream=True)
        attempts = [attempt(who=(0, number), first_text=first_text, largest_gap=largest_gap)]
        good[ask.profile] = see(Ledger(calls=[record], attempts=attempts), MIXED).is_good(record)
    assert good == expected


def test_what_is_looked_up_once_is_looked_up_once_for_each_run() -> None:
    """Two runs do not share what was found for one."""
    asked = []

    @once
    def count(seen: Observed) -> int:
        asked.append(seen)
        return len(seen.ledger.calls)

    one, other = see(Ledger(calls=[call(1.0)])), see(Ledger())
    assert [count(one), count(one), count(other), count(other)] == [1, 1, 0, 0]
    assert len(asked) == 2
