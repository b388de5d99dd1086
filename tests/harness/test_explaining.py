"""One call's story, word by word, and how a call is found."""

from __future__ import annotations

import pytest

from brownout.fakes.draws import Identity
from brownout.harness.cells import Job
from brownout.harness.explaining import NoSuchCall, find, story, title
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Observed
from brownout.harness.records import WaitRecord
from brownout.harness.sources import client as shipped_client
from brownout.harness.sources import scenario as shipped_scenario

from .metrics.ledgers import attempt, call, scenario, see, served

LIMITED = scenario(timeline=[{"for": "60s", "faults": [{"kind": "rate_limit", "retry_after": "5s"}]}, {"for": "40s"}])
"""Everything gets a 429 that asks for 5 s, in a run whose calls have 10 s."""
RATE_LIMIT = "phase 1: rate_limit"


def told(seen: Observed) -> list[str]:
    """The story of its only call, as lines of text."""
    return [f"{line.at:.2f} {line.what}" for line in story(seen, seen.ledger.calls[0])]


def wait(seconds: float, why: str, *, at: float, who: tuple[int, ...] = (0, 0)) -> WaitRecord:
    return WaitRecord(Identity(*who), at, seconds, why)


MANY = Ledger(
    calls=[
        call(1.0, who=(1, 0)),
        call(2.0, "status", 529, who=(12, 3), attempts=3),
        call(4.0, "deadline", who=(2, 0), attempts=3),
        call(11.0, who=(3, 0), attempts=2),
    ]
)


def test_a_call_is_found_by_client_and_number() -> None:
    """Both from 0."""
    assert find(see(MANY), "12.3") is MANY.calls[1]
    assert find(see(MANY), "1.0") is MANY.calls[0]


def test_the_worst_call_is_not_good_and_cost_most_requests_and_time() -> None:
    """In this order: one that was answered is never the worst while another was not, or was late."""
    assert find(see(MANY), "worst") is MANY.calls[2]
    good = Ledger(calls=[call(1.0), call(9.0, who=(0, 1), attempts=2), call(8.0, who=(0, 2), attempts=2)])
    assert find(see(good), "worst") is good.calls[1]
    censored = Ledger(calls=[call(8.0, "gap"), call(None, "censored", who=(0, 1))])
    assert find(see(censored), "worst") is censored.calls[1]


@pytest.mark.parametrize("which", ["12.4", "12", "12.", "3", "1.00", "worst call", "", "-1.0"])
def test_no_such_call(which: str) -> None:
    """Says what was asked, under which seed, and names one that there is."""
    with pytest.raises(NoSuchCall) as caught:
        find(see(MANY, seed=7), which)
    assert str(caught.value) == f'no call "{which}" under seed 7; there is "1.0", for one'


@pytest.mark.parametrize("which", ["0.0", "worst"])
def test_a_run_without_calls_has_none_to_tell_of(which: str) -> None:
    """Not even a worst one."""
    with pytest.raises(NoSuchCall, match=f'^no call "{which}" under seed 1$'):
        find(see(Ledger()), which)


def test_the_title_says_which_call_it_was() -> None:
    """Where, with which client, and what was asked for."""
    record = call(3.0, who=(12, 3), intended=61.5, stream=True, deadline=90.0)._replace(input_tokens=12_345)
    assert title(see(Ledger(calls=[record]), seed=4), record) == (
        "Call 12.3 in by-hand with by-hand, seed 4: chat, streaming, 12,345 tokens in, deadline 90 s, "
        "meant to be sent at 61.500 s"
    )
    assert ": chat, plain, 10 tokens in, deadline 10 s," in title(see(Ledger(calls=[call(1.0)])), call(1.0))


def test_a_call_that_was_answered_at_once() -> None:
    """As little as there is to say."""
    seen = see(Ledger(calls=[call(1.0)], attempts=[attempt(is_fresh=False)], journal=[served(is_complete=True)]))
    assert told(seen) == [
        "0.00 request 1 on a kept connection",
        "1.00 request 1 ends: answered whole",
        "1.00 answered after 1.00 s and 1 request",
    ]


def test_a_retry_before_retry_after_allowed() -> None:
    """The service asked for 5 s, the client came back after one: said where it happens; after 5 s there is nothing to
    say."""
    seen = see(
        Ledger(
            calls=[call(9.0, intended=20.0, attempts=3)],
            attempts=[
                attempt("status", status=429, started=20.0, finished=20.25),
                attempt("status", who=(0, 0, 1), status=429, started=21.25, finished=21.5, is_fresh=False),
                attempt(who=(0, 0, 2), started=26.5, finished=29.0, is_fresh=False),
            ],
            waits=[wait(1.0, "backoff", at=20.25), wait(5.0, "retry-after", at=21.5, who=(0, 0, 1))],
            journal=[
                served((0, 0, 0), status=429, fault=RATE_LIMIT, retry_after=5.0),
                served((0, 0, 1), status=429, fault=RATE_LIMIT, retry_after=5.0),
                served((0, 0, 2), fault=RATE_LIMIT, has_fired=False),
            ],
        ),
        LIMITED,
    )
    assert told(seen) == [
        "0.00 request 1 on a new connection",
        "0.00 request 1 met the fault of phase 1: rate_limit",
        "0.25 request 1 ends: status 429",
        "0.25 waits 1.00 s (backoff)",
        "1.25 request 2 on a kept connection",
        "1.25 request 2 met the fault of phase 1: rate_limit",
        "1.25 retried 4.00 s before retry-after allowed",
        "1.50 request 2 ends: status 429",
        "1.50 waits 5.00 s (retry-after)",
        "6.50 request 3 on a kept connection",
        "6.50 request 3 was meant to meet, and did not, the fault of phase 1: rate_limit",
        "9.00 request 3 ends: answered whole",
        "9.00 answered after 9.00 s and 3 requests",
    ]


def test_a_hedge_is_no_early_retry() -> None:
    """It was sent beside the first request, which it could not know would be refused; the loser is called off."""
    seen = see(
        Ledger(
            calls=[call(4.0, stream=True, attempts=3)],
            attempts=[
                attempt("status", status=429, started=0.0, finished=2.5),
                attempt(who=(0, 0, 0, 1), started=2.0, finished=4.0, first_text=3.0, tokens=5),
                attempt("cancelled", who=(0, 0, 1, 0), started=3.5, finished=4.0),
            ],
            journal=[
                served((0, 0), status=429, fault=RATE_LIMIT, retry_after=5.0),
                served((0, 0, 0, 1), is_complete=True),
            ],
        ),
        LIMITED,
    )
    assert told(seen) == [
        "0.00 request 1 on a new connection",
        "0.00 request 1 met the fault of phase 1: rate_limit",
        "2.00 request 2 (hedge 1) on a new connection",
        "2.50 request 1 ends: status 429",
        "3.00 request 2 shows its first text",
        "3.50 request 3 on a new connection",
        "3.50 retried 4.00 s before retry-after allowed",
        "4.00 request 2 ends: answered whole",
        "4.00 request 3 ends: called off",
        "4.00 answered after 4.00 s and 3 requests",
    ]


def test_a_hedge_after_the_last_try_is_no_early_retry_either() -> None:
    """One request on each branch: nothing was retried, though the hedge came before retry-after allowed."""
    seen = see(
        Ledger(
            calls=[call(4.0, attempts=2)],
            attempts=[
                attempt("status", status=429, finished=2.5),
                attempt(who=(0, 0, 0, 1), started=3.0, finished=4.0),
            ],
            journal=[served((0, 0), status=429, fault=RATE_LIMIT, retry_after=5.0)],
        ),
        LIMITED,
    )
    assert not [line for line in told(seen) if "retried" in line]


def test_an_answer_at_the_very_deadline_is_in_time() -> None:
    """Nothing has passed."""
    assert told(see(Ledger(calls=[call(10.0)]))) == ["10.00 answered after 10.00 s and 1 request"]


def test_a_call_that_outlives_the_run() -> None:
    """Its caller leaves, its deadline passes, and the run ends with it still going on; nothing is told beyond that."""
    scene = scenario({"deadline": "10s", "caller_timeout": "4s"})
    seen = see(
        Ledger(
            calls=[call(None, "censored", intended=95.0)],
            attempts=[attempt("cancelled", started=95.0, finished=110.0)],
        ),
        scene,
    )
    assert told(seen) == [
        "0.00 request 1 on a new connection",
        "4.00 its caller leaves",
        "10.00 the deadline passes",
        "15.00 request 1 ends: called off",
        "15.00 is still going on when the run ends",
    ]


def test_nothing_is_told_of_what_comes_after_the_end() -> None:
    """A run that is not drained ends before the deadline of its last calls, and before their callers leave."""
    scene = scenario({"deadline": "10s", "caller_timeout": "8s"}, drain="1s")
    assert told(see(Ledger(calls=[call(None, "censored", intended=95.0)]), scene)) == [
        "6.00 is still going on when the run ends"
    ]


def test_a_call_that_a_breaker_refused() -> None:
    """No request, and what the program sees."""
    refused = call(0.0, "breaker_open", attempts=0, exception="brownout.BreakerOpen")
    assert told(see(Ledger(calls=[refused]))) == [
        "0.00 fails after 0 requests: breaker open, the program sees brownout.BreakerOpen"
    ]


def test_a_program_that_was_late() -> None:
    """The call was meant at 10 s and begun 11 s later: the wait counts, so the answer is of no use any more."""
    seen = see(
        Ledger(
            calls=[call(12.0, intended=10.0, waited=11.0)],
            attempts=[attempt(started=21.0, finished=22.0)],
            journal=[served(is_complete=True)],
        )
    )
    assert told(seen) == [
        "10.00 the deadline passes",
        "11.00 begins: the program was late",
        "11.00 request 1 on a new connection",
        "12.00 request 1 ends: answered whole",
        "12.00 answered after 12.00 s and 1 request, too late",
    ]


def test_a_request_that_waited_for_a_slot() -> None:
    """Longer than a second is worth a line."""
    journal = [served(arrived=0.5, granted=3.0), served((0, 0, 1), arrived=5.0, granted=5.9)]
    attempts = [attempt("timeout", "read", finished=4.0), attempt(who=(0, 0, 1), started=4.5, finished=7.0)]
    seen = see(Ledger(calls=[call(7.0, attempts=2)], attempts=attempts, journal=journal))
    assert [line for line in told(seen) if "slot" in line] == ["3.00 request 1 has waited 2.50 s for a slot"]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (attempt("status", status=529), "status 529"),
        (attempt("timeout", "connect"), "connect timeout"),
        (attempt("timeout"), "read timeout"),
        (attempt("stream_timeout", "stream", tokens=7), "read timeout in the stream, after 7 tokens"),
        (attempt("stream_timeout", "stream"), "read timeout in the stream"),
        (attempt("gap", "gap", tokens=1), "silent for longer than the limit on content gaps, after 1 token"),
        (attempt("cancelled", tokens=3), "called off, after 3 tokens"),
        (attempt("stream_broken", tokens=3), "stream broken, after 3 tokens"),
        (attempt("truncated", tokens=3), "truncated, after 3 tokens"),
        (attempt("connection"), "connection"),
        (attempt("ok", tokens=3), "answered whole"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_how_a_request_ends(record: object, words: str) -> None:
    """By what it ended with, and after how much text if there was any."""
    seen = see(Ledger(calls=[call(2.0, "status", 500)], attempts=[record]))  # type: ignore[list-item]
    assert f"1.00 request 1 ends: {words}" in told(seen)


@pytest.mark.parametrize(
    ("outcome", "status", "exception", "words"),
    [
        ("status", 529, "anthropic.OverloadedError", "status 529, the program sees anthropic.OverloadedError"),
        ("deadline", None, "brownout.DeadlineExceeded", "deadline, the program sees brownout.DeadlineExceeded"),
        ("truncated", None, "", "truncated, the program sees no error"),
        ("stream_broken", None, "httpx2.ReadError", "stream broken, the program sees httpx2.ReadError"),
    ],
)
def test_how_a_call_fails(outcome: str, status: int | None, exception: str, words: str) -> None:
    """What it was, and what the program gets: nothing at all of a truncated stream."""
    record = call(2.0, outcome, status, exception=exception)
    assert told(see(Ledger(calls=[record]))) == [f"2.00 fails after 1 request: {words}"]


def test_the_order_of_records_changes_no_story() -> None:
    """Requests are numbered as they were sent."""
    attempts = [attempt("status", status=500), attempt(who=(0, 0, 1), started=2.0, finished=3.0)]
    one, other = (Ledger(calls=[call(3.0, attempts=2)], attempts=a) for a in (attempts, attempts[::-1]))
    assert told(see(one)) == told(see(other))


def test_the_story_of_a_real_call_is_in_order_and_ends_with_it() -> None:
    """The worst of a shipped incident: from its beginning to its end, every request told."""
    seen = Job(shipped_scenario("rate-limit-storm").value, shipped_client("guide").value, 1, "sim", 1.0).observe()
    worst = find(seen, "worst")
    lines = story(seen, worst)
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert lines[0].at >= 0.0
    assert lines[-1].what.startswith("fails after")
    assert sum("connection" in line.what and line.what.startswith("request") for line in lines) == worst.attempts
