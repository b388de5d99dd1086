"""Connections that the network lost, or the server closed, while they were idle: what the next call makes of them.

One client calls twice, for 0.6 s each. Between the two, every idle connection is hit for a moment. The SDK keeps an
idle connection for five seconds, so that it depends on the pause whether the second call is sent on a dead one.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

from .backends import BACKENDS, Run

SCENARIO = """
name: idle
workload:
  clients: 1
  limit: 2
  arrivals: {kind: closed, think: PAUSE}
  calls: {deadline: 60s, stream: STREAM, input_tokens: 10, output_tokens: 10}
server:
  latency: {round_trip: 20ms, first_token: 400ms, token_gap: 20ms}
timeline:
  - {for: STARTms}
  - {for: 100ms, hits: [idle], faults: [{kind: FAULT, where: {calls: [CALL]}}]}
  - {for: 60s}
"""
CLIENT = loads("name: sdk\ntimeouts: {connect: 2s, read: 3s}\nlayers: [sdk: {max_retries: 2}]\n", Client)
SCALE = 10.0


class Sent(NamedTuple):
    """One attempt at the second call."""

    outcome: str
    phase: str | None
    is_fresh: bool


ANSWERED, ANSWERED_ANEW = Sent("ok", None, False), Sent("ok", None, True)
LOST = Sent("timeout", "read", False)


def second_call(run: Run, pause: str, fault: str, stream: bool) -> list[Sent]:
    """How the attempts at it went. With a pause of 0 s it is under way when the idle connections are hit."""
    filled = SCENARIO.replace("PAUSE", pause).replace("FAULT", fault).replace("STREAM", "100%" if stream else "0%")
    # What a closed workload's first call waits for is its pause, too.
    begins = float(pause[:-1]) + 0.9
    text = filled.replace("START", f"{begins * 1000:.0f}").replace("CALL", "1" if fault == "blackhole" else "0")
    ledger = run(loads(text, Scenario), CLIENT, 1, SCALE)
    return [Sent(a.outcome, a.phase, a.is_fresh) for a in ledger.attempts if a.who.call == 1]


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize(
    ("fault", "pause", "expected"),
    [
        ("blackhole", "0s", [ANSWERED]),
        ("blackhole", "2s", [LOST, ANSWERED_ANEW]),
        ("blackhole", "6s", [ANSWERED_ANEW]),
        ("reset", "0s", [ANSWERED]),
        ("reset", "2s", [ANSWERED_ANEW]),
        ("reset", "6s", [ANSWERED_ANEW]),
    ],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_pause_decides_what_a_hit_on_idle_connections_costs(
    backend: str, fault: str, pause: str, expected: list[Sent], stream: bool
) -> None:
    """In use it is not hit. Idle for 2 s, it is dead and looks alive if packets vanished, and the call loses its read
    timeout; a RST was seen. Idle for 6 s, it has expired, and nothing was lost."""
    seen = second_call(BACKENDS[backend], pause, fault, stream)
    assert [sent._replace(phase=None) if sent.outcome == "ok" else sent for sent in seen] == expected
