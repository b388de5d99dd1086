"""Ledgers small enough to be worked out by hand, and the runs they are taken for."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served
from brownout.harness.client import Client
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import Absent, Observed, metric
from brownout.harness.records import AttemptRecord, BreakerRecord, CallRecord
from brownout.harness.scenario import Scenario

NEVER = math.inf
DEADLINE = 10.0
PLAIN = {"deadline": "10s"}
STREAMED = {"deadline": "10s", "stream": "100%"}
QUIET = [{"for": "100s"}]


def scenario(calls: Any = PLAIN, timeline: Any = QUIET, clients: int = 2, server: Any = None, **more: Any) -> Scenario:
    """A hundred quiet seconds, unless something else is said."""
    workload = {"clients": clients, "arrivals": {"kind": "steady", "rate": "1/s"}, "calls": calls}
    given = {"name": "by-hand", "workload": workload, "server": server or {}, "timeline": timeline, **more}
    return Scenario.model_validate(given)


def client(*layers: Any, **more: Any) -> Client:
    """These layers on top of an SDK that retries nothing."""
    return Client.model_validate({"name": "by-hand", "layers": [*layers, {"sdk": {"max_retries": 0}}], **more})


QUIET_HUNDRED, NAKED = scenario(), client()


def call(
    took: float | None = None,
    outcome: str = "ok",
    status: int | None = None,
    *,
    who: tuple[int, int] = (0, 0),
    intended: float = 0.0,
    waited: float = 0.0,
    deadline: float = DEADLINE,
    stream: bool = False,
    attempts: int = 1,
    exception: str = "",
) -> CallRecord:
    """A call with a deadline of 10 s that was meant at `intended`, begun `waited` later, and `took` so long in all."""
    finished = None if took is None else intended + took
    return CallRecord(
        *who, intended, intended + waited, finished, outcome, status, exception, deadline, stream, 10, 100, 0, attempts
    )


def attempt(
    outcome: str = "ok",
    phase: str | None = None,
    *,
    who: tuple[int, ...] = (0, 0),
    started: float = 0.0,
    finished: float | None = 1.0,
    is_fresh: bool = True,
    status: int | None = None,
    **stream: Any,
) -> AttemptRecord:
    """A request of a second."""
    return AttemptRecord(Identity(*who), started, finished, outcome, phase, status, is_fresh, **stream)


def served(
    who: tuple[int, ...] = (0, 0),
    *,
    input_tokens: int = 10,
    output_tokens: int = 5,
    sent_tokens: int = 5,
    granted: float | None = 0.0,
    base: float | None = 1.0,
    status: int | None = 200,
    fault: str | None = None,
    has_fired: bool = True,
    lateness: float = 0.0,
    is_complete: bool = False,
    arrived: float = 0.0,
    retry_after: float | None = None,
) -> Served:
    """A request that was served within a second."""
    return Served(
        Identity(*who), False, input_tokens, output_tokens, arrived, granted, arrived + 1.0, None, base, status,
        sent_tokens, fault, fault is not None and has_fired, lateness, is_complete, retry_after,
    )  # fmt: skip


def turned(at: float, before: str, after: str, client: int = 0) -> BreakerRecord:
    """A breaker changed its state."""
    return BreakerRecord(client, at, before, after, at + 20.0 if after == "open" else None)


def numbered(calls: Iterable[CallRecord]) -> list[CallRecord]:
    """The calls with numbers of their own."""
    return [each._replace(call=number) for number, each in enumerate(calls)]


def ledger(*calls: CallRecord) -> Ledger:
    """Calls, numbered, with one request each that ended as the call did."""
    found = numbered(calls)
    attempts = [
        attempt(each.outcome, who=(each.client, each.call), started=each.started, finished=each.finished)
        for each in found
    ]
    return Ledger(calls=found, attempts=attempts)


def answered(*seconds: float, failed: int = 0) -> Ledger:
    """Calls answered after so many seconds each, and some that failed within half a second."""
    return ledger(*map(call, seconds), *(call(0.5, "connection") for _ in range(failed)))


def see(
    records: Ledger,
    scene: Scenario = QUIET_HUNDRED,
    contestant: Client = NAKED,
    twin: Ledger | None = None,
    seed: int = 1,
) -> Observed:
    """The run that left these records."""
    return Observed(scene, contestant, seed, records, twin)


def measured(name: str, *args: Any, **more: Any) -> float | Absent:
    """One metric of the run of `see`."""
    return metric(name).of(see(*args, **more))


def why_absent(name: str, *args: Any, **more: Any) -> str:
    """Why the metric has no meaning there; fails if it has one."""
    found = measured(name, *args, **more)
    assert isinstance(found, Absent), found
    return found.reason
