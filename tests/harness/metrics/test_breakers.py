"""Breakers: how long they were open, and how much of that was for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from brownout.fakes.draws import Identity
from brownout.fakes.timeline import Timeline
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Absent
from brownout.harness.records import BreakerRecord
from brownout.harness.scenario import Scenario

from .ledgers import answered, attempt, call, client, measured, scenario, turned, why_absent

GUARDED = client({"breaker": {"failures": 2, "open_for": "20s"}})
QUIET = scenario()
NAMES = ["breaker_opened", "breaker_open_time", "breaker_false_open_time", "falsely_refused"]


@pytest.mark.parametrize("name", NAMES)
def test_without_a_breaker_there_is_nothing_to_say_of_it(name: str) -> None:
    """Absent, whatever the run was like."""
    assert why_absent(name, answered(1.0, failed=3)) == "this client has no breaker"


@pytest.mark.parametrize("name", NAMES)
def test_a_breaker_that_never_opened(name: str) -> None:
    """Here 0 has a meaning: it was never open, for nothing or for something."""
    assert measured(name, answered(1.0), contestant=GUARDED) == 0.0


def test_a_breaker_of_one_kind_of_call_is_a_breaker() -> None:
    """It stands in a stack of its own."""
    stack = [{"breaker": {"failures": 2, "open_for": "5s"}}, "sdk"]
    assert measured("breaker_opened", answered(1.0), contestant=client(profiles={"chat": {"layers": stack}})) == 0.0


@pytest.mark.parametrize(
    ("records", "opened", "seconds"),
    [
        ([turned(10.0, "closed", "open"), turned(32.0, "open", "half-open"), turned(33.0, "half-open", "closed")],
         1, 20.0),
        ([turned(10.0, "closed", "open"), turned(30.0, "open", "half-open"), turned(30.0, "half-open", "open")],
         2, 40.0),
        ([turned(10.0, "closed", "open")], 1, 20.0),  # nobody called again
        ([turned(90.0, "closed", "open")], 1, 10.0),  # until no calls begin any more
        ([turned(90.0, "closed", "open"), turned(115.0, "open", "half-open")], 1, 10.0),
        ([turned(105.0, "closed", "open"), turned(126.0, "open", "half-open")], 1, 0.0),
        ([turned(10.0, "closed", "open", 0), turned(15.0, "closed", "open", 1)], 2, 40.0),
        # two breakers of one client, for two kinds of calls
        ([turned(10.0, "closed", "open"), turned(12.0, "closed", "open"), turned(31.0, "open", "half-open"),
          turned(32.0, "open", "half-open")], 2, 40.0),
    ],
)  # fmt: skip
def test_open_time(records: list[BreakerRecord], opened: int, seconds: float) -> None:
    """From opening until a call may go through again, within the time in which calls begin, for each of two clients."""
    ledger = Ledger(calls=[call(1.0)], breaker=records)
    assert measured("breaker_opened", ledger, contestant=GUARDED) == opened / 2
    assert measured("breaker_open_time", ledger, contestant=GUARDED) == pytest.approx(seconds / 2)


def faulty(**fault: Any) -> Scenario:
    """A fault from 10 s to 50 s."""
    return scenario(
        calls={"stream": "50%"},
        timeline=[{"for": "10s"}, {"for": "40s", "faults": [{"kind": "overload", **fault}]}, {"for": "50s"}],
    )


def refused(*moments: float, stream: bool = False, number: int = 2) -> Ledger:
    """Open from 5 s on; calls of client 0 refused at these moments, and others answered, so that they are `number`."""
    calls = [
        call(0.0, "breaker_open", who=(0, i), intended=at, stream=stream, attempts=0) for i, at in enumerate(moments)
    ]
    calls += [call(1.0, who=(1, i)) for i in range(number - len(moments))]
    return Ledger(calls=calls, breaker=[turned(5.0, "closed", "open")])


@pytest.mark.parametrize(
    ("at", "is_false"), [(9.999, True), (10.0, False), (30.0, False), (49.999, False), (50.0, True), (99.0, True)]
)
def test_a_refusal_is_false_when_no_fault_would_have_met_the_request(at: float, is_false: bool) -> None:
    """The fault for all requests is in force from 10 s on, and no longer at 50 s."""
    assert measured("falsely_refused", refused(at), faulty(), GUARDED) == (0.5 if is_false else 0.0)
    assert measured("breaker_false_open_time", refused(at), faulty(), GUARDED) == (10.0 if is_false else 0.0)


@pytest.mark.parametrize("share", ["50%", "5%"])
def test_a_refusal_under_a_fault_for_some_is_asked_what_it_would_have_met(share: str) -> None:
    """The draw that would have decided decides: of many refused calls, those it would have spared were refused for
    nothing."""
    scene = faulty(share=share)
    ledger = refused(*(20.0 + i / 100 for i in range(1000)), number=1000)
    [armed] = Timeline(scene.service().phases, 1).armed[1]
    spared = sum(not armed.hits(Identity(0, i), False, 20.0 + i / 100) for i in range(1000))
    assert spared / 1000 == pytest.approx(1 - armed.fault.share, abs=0.05)
    assert measured("falsely_refused", ledger, scene, GUARDED) == spared / 1000
    assert measured("breaker_false_open_time", ledger, scene, GUARDED) == pytest.approx(10.0 * spared / 1000)


def test_a_fault_that_hits_whole_seconds_hits_the_calls_within_them() -> None:
    """All calls of a second share one fate, so either all of its refusals were for nothing or none."""
    scene = faulty(share="50%", per={"window": "1s"})
    for second in range(15, 45):
        ledger = refused(*(second + i / 10 for i in range(10)), number=10)
        assert measured("falsely_refused", ledger, scene, GUARDED) in (0.0, 1.0)
    all_of_them = refused(*(10.05 + i / 10 for i in range(400)), number=400)
    assert measured("falsely_refused", all_of_them, scene, GUARDED) == pytest.approx(0.5, abs=0.3)


@pytest.mark.parametrize(
    ("where", "stream", "is_false"),
    [
        ({"clients": [0]}, False, False),
        ({"clients": [1]}, False, True),
        ({"calls": [0]}, False, False),
        ({"stream": True}, False, True),
        ({"stream": True}, True, False),
        ({"attempts": [0]}, False, False),
        ({"attempts": [1]}, False, True),
    ],
)
def test_a_fault_for_others_makes_a_refusal_false(where: dict[str, Any], stream: bool, is_false: bool) -> None:
    """Client, call, attempt and streaming are those of the request that was not sent."""
    found = measured("falsely_refused", refused(20.0, stream=stream), faulty(where=where), GUARDED)
    assert found == (0.5 if is_false else 0.0)


def test_a_call_that_had_sent_requests_is_asked_for_its_next_at_the_moment_it_was_refused() -> None:
    """A layer outside the breaker tried again: the first request met a fault at 49 s, the second was refused at 51 s,
    when nothing was wrong any more."""
    ledger = Ledger(
        calls=[call(2.0, "breaker_open", intended=49.0, attempts=1)],
        attempts=[attempt("status", status=529, started=49.0, finished=49.5)],
        breaker=[turned(49.5, "closed", "open")],
    )
    assert measured("falsely_refused", ledger, faulty(), GUARDED) == 1.0
    again = faulty(where={"attempts": [1]})
    early = Ledger(
        calls=[ledger.calls[0]._replace(intended=30.0, started=30.0, finished=32.0)], attempts=ledger.attempts
    )
    assert measured("falsely_refused", early, again, GUARDED) == 0.0


def test_open_for_nothing_has_no_meaning_when_nobody_was_refused() -> None:
    """It was open, and no call came that could tell what it would have met; no call was refused for nothing either."""
    ledger = Ledger(calls=[call(1.0)], breaker=[turned(5.0, "closed", "open")])
    found = measured("breaker_false_open_time", ledger, faulty(), GUARDED)
    assert found == Absent("the breaker refused no call while it was open")
    assert measured("falsely_refused", ledger, faulty(), GUARDED) == 0.0
    assert measured("breaker_open_time", ledger, faulty(), GUARDED) == 10.0
