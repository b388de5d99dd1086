"""Packets that vanish, on every backend: new connections, open ones, idle ones, and what comes up again afterwards.

One client calls every two seconds, first at 0 s. On a new connection the headers of a stream come after 0.26 s, then a
token each 100 ms. SYNs are sent again in seconds of the wall clock, so what waits for one is played at its pace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest

from brownout.fakes.tcp import GIVES_UP, SYNS
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario

from .backends import BACKENDS

SCENARIO = """
name: blackhole
workload:
  clients: 1
  arrivals: {kind: steady, rate: 0.5/s}
  limit: CALLS
  calls: {deadline: 20s, stream: 100%, input_tokens: 10, output_tokens: 10}
server:
  latency: {round_trip: 40ms, first_token: 140ms, token_gap: 100ms}
timeline: [TIMELINE]
"""
CLIENT = """
name: client
timeouts: {connect: CONNECT, read: 1500ms, write: 20s, pool: 20s}
layers: [LAYERS]
"""
HOLE = "faults: [{kind: blackhole}]"


class Sent(NamedTuple):
    """One attempt: of which call, what became of it, where, on a new connection or not, tokens that came."""

    call: int
    outcome: str
    phase: str | None
    is_fresh: bool
    tokens: int = 0


@dataclass(frozen=True)
class Case:
    """What is configured, and what must come of it. `faults`: planned and fired, in the order of the timeline."""

    timeline: str
    sent: tuple[Sent, ...]
    faults: tuple[int, ...]
    took: float
    """Seconds from the beginning of the last attempt to its end."""
    calls: int = 1
    connect: str = "3s"
    layers: str = "sdk: {max_retries: 0}"
    scale: float = 5.0

    def run(self, backend: str) -> Ledger:
        text = SCENARIO.replace("CALLS", str(self.calls)).replace("TIMELINE", self.timeline)
        scenario = loads(text, Scenario)
        client = loads(CLIENT.replace("CONNECT", self.connect).replace("LAYERS", self.layers), Client)
        return BACKENDS[backend](scenario, client, 1, self.scale)


WELL = Sent(0, "ok", None, True, 10)
UNREACHABLE = Sent(0, "timeout", "connect", True)
LOST = Sent(1, "timeout", "read", False)

CASES = {
    "no connection comes up, and the SDK tries again": Case(
        f"{{for: 30s, {HOLE}}}", (UNREACHABLE, UNREACHABLE), (2,), 3.0, layers="sdk: {max_retries: 1}"
    ),
    "a deadline ends a connect": Case(
        f"{{for: 30s, {HOLE}}}",
        (Sent(0, "cancelled", None, True),),
        (1,),
        1.0,
        layers="deadline: {total: 1s}, sdk: {max_retries: 0}",
    ),
    "a request on an open connection is lost": Case(
        f"{{for: 1800ms}}, {{for: 30s, {HOLE}}}", (WELL, LOST), (1,), 1.5, calls=2
    ),
    "what is in flight goes silent for ever": Case(
        f"{{for: 710ms}}, {{for: 100ms, hits: [in_flight], {HOLE}}}, {{for: 30s}}",
        (Sent(0, "stream_timeout", "stream", True, 4),),
        (1,),
        0.26 + 0.4 + 1.5,
    ),
    "what is not hit goes on": Case(f"{{for: 710ms}}, {{for: 100ms, {HOLE}}}, {{for: 30s}}", (WELL,), (0,), 1.26),
    "an idle connection looks alive and is not": Case(
        f"{{for: 1600ms}}, {{for: 100ms, hits: [idle], {HOLE}}}, {{for: 30s}}",
        (WELL, LOST, Sent(2, "ok", None, True, 10)),
        (1,),
        1.26,
        calls=3,
    ),
    "an idle connection that was not hit is alive": Case(
        f"{{for: 1600ms}}, {{for: 100ms, {HOLE}}}, {{for: 30s}}", (WELL, Sent(1, "ok", None, False, 10)), (0,), 1.18, 2
    ),
    "it comes up with the first SYN after the phase": Case(
        f"{{for: 1600ms, {HOLE}}}, {{for: 30s}}", (WELL,), (1,), SYNS[1] + 1.26, connect="5s", scale=1.0
    ),
    "it is refused by the first SYN after the phase": Case(
        f"{{for: 500ms, {HOLE}}}, {{for: 30s, faults: [{{kind: refuse}}]}}",
        (Sent(0, "connection", "connect", True),),
        (1, 1),
        SYNS[0],
        connect="5s",
        scale=1.0,
    ),
    "the limit is shorter than that SYN": Case(
        f"{{for: 200ms, {HOLE}}}, {{for: 30s}}", (UNREACHABLE,), (1,), 0.8, connect="800ms", scale=1.0
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_client_sees_this_of_it(case: Case, backend: str) -> None:
    """The attempts are those planned, the last takes its time, and each fault is counted once for each it hit."""
    ledger = case.run(backend)
    seen = tuple(Sent(a.who.call, a.outcome, a.phase, a.is_fresh, a.tokens) for a in ledger.attempts)
    assert seen == case.sent
    assert tuple(ledger.faults.values()) == tuple((count, count) for count in case.faults)
    last = ledger.attempts[-1]
    assert last.finished is not None
    # A limit on the whole call counts from its beginning, and a busy machine sends the request later.
    began = ledger.calls[-1].started if "deadline" in case.layers else last.started
    took = last.finished - began
    late = 0.15 * case.scale if backend == "wire" else 1e-4
    assert case.took - 2e-3 * case.scale <= took + 1e-9 <= case.took + late + 1e-9


@pytest.mark.parametrize(("backend", "phase"), [(name, "read" if name == "wire" else "connect") for name in BACKENDS])
def test_some_connections_are_only_approximated_on_the_wire(backend: str, phase: str) -> None:
    """A port cannot ignore one client alone: it meets its other timeout. Both are counted, and in no journal."""
    hole = "faults: [{kind: blackhole, where: {clients: [0]}}]"
    ledger = Case(f"{{for: 30s, {hole}}}", (), (), 0.0).run(backend)
    assert [(a.outcome, a.phase, a.is_fresh) for a in ledger.attempts] == [("timeout", phase, True)]
    assert list(ledger.faults.values()) == [(1, 1)]
    assert ledger.journal == []


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "wire"])
def test_before_a_long_limit_the_system_gives_up(backend: str) -> None:
    """TCP itself ends a connect that nothing answers, and the SDK is told of a failed connection."""
    case = Case(f"{{for: 300s, {HOLE}}}", (), (), 0.0, connect="200s")
    [attempt] = case.run(backend).attempts
    assert (attempt.outcome, attempt.phase) == ("connection", "connect")
    assert attempt.finished == pytest.approx(attempt.started + GIVES_UP)
