"""Under one seed every configuration meets the same world, on every backend; and one run is like the other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from pathlib import Path

import pytest

from brownout.fakes.draws import Identity
from brownout.fakes.journal import Served
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.wire.run import run as play
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.scenario import Scenario

SCENARIO = """
name: changeable
workload:
  clients: 50
  arrivals: ARRIVALS
  calls:
    deadline: 30s
    stream: 50%
    input_tokens: {median: 800, p95: 3000}
    output_tokens: {mean: 120}
server:
  latency:
    round_trip: {from: 20ms, to: 60ms}
    first_token: {mix: [{share: 95%, of: {median: 1s, p95: 3s}}, {share: 5%, of: {mean: 20s}}]}
    token_gap: {median: 16ms, p95: 24ms}
  capacity: {slots: 30, queue: 10, slowdown: 0.5}
timeline:
  - for: 40s
    faults:
      - {kind: overload, share: 20%}
      - {kind: no_answer, share: 5%, per: call}
      - {kind: stall, share: 20%, per: client, at: {tokens: 4}, for: 8s, pings: 1s}
      - {kind: reset, share: 40%, at: {fraction: 50%}, where: {clients: [3, 14, 15, 9, 26, 5]}}
      - {kind: rate_limit, share: 10%, retry_after: 2s}
"""
OPEN, CLOSED = "{kind: poisson, rate: 12/s}", "{kind: closed, think: {mean: 3s}}"
PLAIN = """
name: plain
layers: [sdk: {max_retries: 2}]
"""
ELABORATE = """
name: elaborate
timeouts: {read: 10s}
layers:
  - deadline: {total: 25s}
  - breaker: {failures: 6, open_for: 4s}
  - hedge: {after: 4s}
  - retry: {retries: 4, backoff: {base: 300ms}, on: [timeout, connection, overloaded, rate_limit, stream_before_text]}
  - content_gap: {limit: 5s}
  - sdk: {max_retries: 0}
"""


def fresh(client: str, seed: int = 1, arrivals: str = OPEN) -> Ledger:
    """A run that nobody else has seen."""
    return simulate(loads(SCENARIO.replace("ARRIVALS", arrivals), Scenario), loads(client, Client), seed)


simulated = cache(fresh)


def world(ledger: Ledger) -> dict[Identity, Served]:
    """What the service was asked, by who asked."""
    return {served.who: served for served in ledger.journal}


def fate(served: Served) -> tuple[object, ...]:
    """What is drawn for a request, whoever else is there; the service time only if it came to that."""
    return served.stream, served.input_tokens, served.output_tokens, served.fault


def assert_same_world(this: Mapping[Identity, Served], other: Mapping[Identity, Served]) -> int:
    """Every request that both made had the same drawn for it; returns how many those were."""
    both = this.keys() & other.keys()
    assert {who: (fate(this[who]), fate(other[who])) for who in both if fate(this[who]) != fate(other[who])} == {}
    bases = [(this[who].base, other[who].base) for who in both]
    assert [pair for pair in bases if None not in pair and pair[0] != pair[1]] == []
    return len(both)


@pytest.mark.parametrize("arrivals", [OPEN, CLOSED], ids=["open", "closed"])
def test_two_configurations_meet_the_same_world(arrivals: str) -> None:
    """Sizes, service times and faults belong to the request, not to what else its client or the others do."""
    plain, elaborate = simulated(PLAIN, arrivals=arrivals), simulated(ELABORATE, arrivals=arrivals)
    this, other = world(plain), world(elaborate)
    assert assert_same_world(this, other) > 200
    retried = [who for who in this.keys() & other.keys() if who.attempt]
    assert len(retried) > 20
    assert len({served.fault for served in this.values()}) == 6  # each of the five, and none
    assert this.keys() != other.keys()  # else they were no different


def test_open_arrivals_are_the_same_for_both() -> None:
    """A call is made when it is made, however the calls before it fared; its first request arrives then."""
    plain, elaborate = simulated(PLAIN), simulated(ELABORATE)
    this = {(call.client, call.call): call.intended for call in plain.calls}
    assert this == {(call.client, call.call): call.intended for call in elaborate.calls}
    first, other = world(plain), world(elaborate)
    both = [who for who in first.keys() & other.keys() if who.attempt == who.branch == 0]
    assert len(both) > 300
    assert [who for who in both if first[who].arrived != other[who].arrived] == []


def test_closed_arrivals_have_the_same_pauses() -> None:
    """A client thinks as long before its n-th call, whatever came of the calls before."""
    this, other = (pauses(simulated(client, arrivals=CLOSED)) for client in (PLAIN, ELABORATE))
    both = this.keys() & other.keys()
    assert len(both) > 100
    assert {who: this[who] for who in both} == pytest.approx({who: other[who] for who in both}, abs=1e-9)


def pauses(ledger: Ledger) -> dict[tuple[int, int], float]:
    """(client, call) -> seconds since the call before had ended."""
    ended = {(call.client, call.call): call.finished for call in ledger.calls}
    found = {}
    for call in ledger.calls:
        before = ended.get((call.client, call.call - 1))
        if before is not None:
            found[call.client, call.call] = call.intended - before
    return found


DRAWN: dict[str, Callable[[Ledger], dict[Hashable, object]]] = {
    "arrivals": lambda ledger: {(call.client, call.call): call.intended for call in ledger.calls},
    "input sizes": lambda ledger: {(call.client, call.call): call.input_tokens for call in ledger.calls},
    "streams": lambda ledger: {(call.client, call.call): call.stream for call in ledger.calls},
    "output sizes": lambda ledger: {served.who: served.output_tokens for served in ledger.journal},
    "service times": lambda ledger: {served.who: served.base for served in ledger.journal if served.base},
    "faults": lambda ledger: {served.who: served.fault for served in ledger.journal},
    "jitter": lambda ledger: {wait.after: wait.seconds for wait in ledger.waits if wait.why == "backoff"},
}


@pytest.mark.parametrize("what", DRAWN)
def test_another_seed_is_another_world(what: str) -> None:
    """Each thing that is drawn changes with the seed, for who is in both worlds."""
    this, other = (DRAWN[what](simulated(ELABORATE, seed=seed)) for seed in (1, 2))
    both = this.keys() & other.keys()
    changed = [who for who in both if this[who] != other[who]]
    assert len(changed) > len(both) / 4 > 1


@pytest.mark.parametrize("client", [PLAIN, ELABORATE], ids=["plain", "elaborate"])
@pytest.mark.parametrize("arrivals", [OPEN, CLOSED], ids=["open", "closed"])
def test_one_seed_gives_one_ledger(client: str, arrivals: str) -> None:
    """Every record of two runs is the same, to the last bit and in the same order."""
    assert fresh(client, arrivals=arrivals) == simulated(client, arrivals=arrivals)


def test_the_wire_meets_the_world_of_the_simulator() -> None:
    """What is drawn for a request does not depend on the backend that makes it."""
    few = SCENARIO.replace("ARRIVALS", OPEN).replace("clients: 50", "clients: 8").replace("for: 40s", "for: 5s")
    scenario, client = loads(few.replace("deadline: 30s", "deadline: 10s"), Scenario), loads(PLAIN, Client)
    assert assert_same_world(world(simulate(scenario, client, 1)), world(play(scenario, client, 1, scale=10.0))) > 20


DIGEST = """
import hashlib, sys
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario
scenario, client = sys.argv[1:]
ledger = run(loads(scenario, Scenario), loads(client, Client), 1)
print(len(ledger.attempts), hashlib.sha256(repr(ledger).encode()).hexdigest())
"""


def test_one_seed_gives_one_ledger_in_every_process() -> None:
    """Python hashes strings differently in each process; no order in a ledger comes from that."""
    scenario = SCENARIO.replace("ARRIVALS", CLOSED).replace(
        "  - for: 40s", "  - for: 9s\n  - for: 20s\n    hits: [in_flight, idle]"
    )
    command = [sys.executable, "-c", DIGEST, scenario, ELABORATE]
    path = os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path)
    environments = [os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": seed} for seed in ("0", "1", "4711")]
    running = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for env in environments]
    printed = [process.communicate()[0] for process in running]
    assert int(printed[0].split()[0]) > 100
    assert len(set(printed)) == 1
