"""Small incidents in which the simulator shows what a finding claims, with the very client that it is about."""

from __future__ import annotations

from typing import Any

from brownout.fakes.units import format_duration
from brownout.harness.ledger import Ledger
from brownout.harness.policies.layers.sdk import Sdk
from brownout.harness.records import CallRecord
from brownout.harness.scenario import Scenario

from .check import span
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


def quick_fault(subject: Subject, causes: tuple[str, ...]) -> tuple[dict[str, Any], str] | None:
    """A fault that hits a request at once and is among the causes for which this stack tries again, in words, too."""
    for cause, fault, words in _QUICK:
        if cause in causes:
            return fault, words
    return None


_QUICK: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("connection", {"kind": "reset"}, "reset"),
    ("overloaded", {"kind": "overload"}, "answered 529"),
    ("rate_limit", {"kind": "rate_limit"}, "answered 429"),
    ("server_error", {"kind": "error", "status": 500}, "answered 500"),
    ("timeout", {"kind": "blackhole"}, "lost on its way"),
    ("connect_timeout", {"kind": "blackhole"}, "lost on its way"),
    ("read_timeout", {"kind": "no_answer"}, "never answered"),
)
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


def is_plain_sdk(subject: Subject) -> bool:
    """Whether the SDK is all there is."""
    return len(subject.layers) == 1 and isinstance(subject.layers[0], Sdk)
