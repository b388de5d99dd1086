"""Small incidents in which the simulator shows what a finding claims, with the very client that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from brownout.fakes.units import format_duration

from ..ledger import Ledger
from ..policies.outcome import Outcome
from ..records import CallRecord
from ..scenario import Scenario
from .check import span
from .figures import OVERLOADED, SILENT, spent
from .finding import Proof
from .subject import Subject

LONGEST = 30 * 86_400.0
"""Seconds: what would go on for longer is not waited for."""
NO_TIME = {"round_trip": "0s", "first_token": "0s", "token_gap": "0s", "upload_per_second": "1000000GB"}
"""A service that takes no time, so that all time is the client's."""
SEED = 1


def played(
    subject: Subject,
    *faults: dict[str, Any],
    seconds: float,
    clients: int = 1,
    calls: int = 1,
    every: float = 0.001,
    stream: bool = False,
    latency: dict[str, Any] | None = None,
    tokens: int = 100,
) -> Ledger:
    """Some clients that call so often, one after the other, every so many seconds; every request meets the faults. What
    is still going on after `seconds` is censored."""
    lasts = clients * calls * every + min(seconds, LONGEST)
    return played_scenario(
        subject,
        {
            "name": "proof",
            "workload": {
                "clients": clients,
                "limit": calls,
                "arrivals": {"kind": "steady", "rate": f"{1 / every:.6f}/s"},
                "calls": {
                    "profile": subject.played_profile,
                    "deadline": format_duration(lasts),
                    "stream": "100%" if stream else "0%",
                    "output_tokens": tokens,
                },
            },
            "server": {"latency": latency or NO_TIME, "capacity": {"slots": 10_000}},
            "timeline": [{"for": format_duration(lasts), "faults": list(faults)}],
            "drain": "0s",
        },
    )


def played_scenario(subject: Subject, scenario: dict[str, Any]) -> Ledger:
    """A scenario as a file would have it."""
    from brownout.harness.drivers.sim.run import run  # the simulator, which a check without a proof does not need

    return run(Scenario.model_validate(scenario), subject.client, SEED)


class Failure(NamedTuple):
    """A way in which every request fails, as quickly as may be."""

    fault: dict[str, Any]
    words: str
    """What becomes of a request."""
    outcome: Outcome
    takes: float
    """Seconds."""


def quick_failure(subject: Subject, causes: Sequence[str]) -> Failure | None:
    """One that is among the causes for which a stack tries again."""
    connect, read = subject.timeouts.connect or 0.0, subject.read
    for cause, failure in (
        ("connection", Failure({"kind": "reset"}, "reset", Outcome("connection"), 0.0)),
        ("overloaded", Failure({"kind": "overload"}, "answered 529", OVERLOADED, 0.0)),
        ("rate_limit", Failure({"kind": "rate_limit"}, "answered 429", Outcome("status", status=429), 0.0)),
        ("server_error", Failure({"kind": "error"}, "answered 500", Outcome("status", status=500), 0.0)),
        ("timeout", Failure({"kind": "blackhole"}, "lost on its way", Outcome("timeout", "connect"), connect)),
        ("connect_timeout", Failure({"kind": "blackhole"}, "lost on its way", Outcome("timeout", "connect"), connect)),
        ("read_timeout", Failure({"kind": "no_answer"}, "never answered", SILENT, read)),
    ):
        if cause in causes:
            return failure
    return None


def reckoned(subject: Subject, failure: Failure) -> tuple[int, int] | None:
    """The fewest and the most requests that one call becomes when all fail so; None for too many to count."""
    long, short = (spent(subject.layers, failure.outcome, failure.takes, u) for u in (1.0, 0.0))
    if not (long.is_whole and short.is_whole):
        return None
    return min(long.requests, short.requests), max(long.requests, short.requests)


SDK_CAUSES = ("connection", "overloaded", "rate_limit", "server_error", "timeout", "connect_timeout", "read_timeout")
"""What the SDK tries again."""


def ended(call: CallRecord, after: float) -> str:
    """How a call ended, or that it did not."""
    if call.finished is None:
        return f"the call was still going on after {span(after)}"
    status = f" {call.status}" if call.status else ""
    return f"the call ended after {span(call.finished - call.started)} with {call.outcome.replace('_', ' ')}{status}"


def requests(count: int) -> str:
    """In words, as what happened."""
    return "1 request was sent" if count == 1 else f"{count:,} requests were sent"


def only_call(ledger: Ledger) -> CallRecord:
    """Of a run with one."""
    [call] = ledger.calls
    return call


def once(subject: Subject, fault: dict[str, Any], expected: int, words: str) -> Proof:
    """One call that meets a fault: it is to send so many requests."""
    call = only_call(played(subject, fault, seconds=3600.0, stream=fault["kind"] == "truncate"))
    seen = f"{words}, {requests(call.attempts)} for one call, and {ended(call, 3600.0)}."
    return Proof(seen[0].upper() + seen[1:], call.attempts == expected)
