"""How fast the simulator is, against the same run written by hand and as idiomatic SimPy.

All three must see the same world to the last field of the last record, else nothing is measured and it exits with 1.

What made the simulator faster, as what was left of the time of a request by each, give or take 0.03; healthy loads:

| | plain | half streams |
|---|---|---|
| a loop of its own, timers that are bare objects | 1.04 | 0.95 |
| faults asked only where there are some; less work for each step | 0.93 | 0.96 |
| records made from tuples; nothing looked up that does not change | 0.89 | 0.92 |
| steps known beforehand; a limit that is only carried is no generator | 0.92 | 0.98 |
| a player that knows the usual plans by heart, streams too | 0.96 | 0.93 |
| the collector comes when a run has gone; less made for each client | 0.98 | 0.98 |
| usual plans written down only for whoever changes them, log-normal draws in one function | 0.95 | 0.93 |
| nothing made by the slow constructors of frozen dataclasses and named tuples | 0.94 | 0.97 |

What is left is spread over a hundred functions: 3,030 bytecodes a call (4,450 before), where the heapq loop has 1,240.
A fifth of the time goes into draws, which the loop has to make as well.
"""

from __future__ import annotations

import gc
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from time import process_time
from typing import Any

from references import Load, LogNormal, Observed, heapq_loop, idiomatic_simpy
from run import Different, Results, main, spread

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.few_collections import few_collections
from brownout.harness.files import loads
from brownout.harness.scenario import Scenario

LOADS = (
    Load("healthy", calls=20_000, rate=11.0),
    Load("collapse", calls=20_000, rate=40.0),
    Load("healthy-mix", calls=3_000, rate=11.0, stream=0.5),
    Load("collapse-mix", calls=3_000, rate=40.0, stream=0.5),
)
"""At utilisations of about 0.6 and 2.2; plain calls alone, and the mix of the shipped incidents, half of it streams."""
SEED = 1
TARGETS = {"heapq": 0.5, "idiomatic_simpy": 5.0}
"""The least that the simulator's requests per second should be, as multiples of the reference's.

For plain calls the heapq loop itself is about three times as fast as idiomatic SimPy, so that five is out of reach."""


def scenario_of(load: Load) -> Scenario:
    """The load as a scenario file."""

    def figure(of: LogNormal, unit: str) -> str:
        return f"{{median: {of.median:g}{unit}, p95: {of.p95:g}{unit}}}"

    text = f"""
name: {load.name}
workload:
  clients: {load.clients}
  arrivals: {{kind: poisson, rate: {load.rate:g}/s}}
  calls:
    deadline: {load.useful_for:g}s
    stream: {load.stream:.0%}
    input_tokens: {figure(load.input_tokens, "")}
    output_tokens: {figure(load.output_tokens, "")}
    max_tokens: {load.max_tokens}
server:
  latency:
    round_trip: {figure(load.round_trip, "s")}
    connect_round_trips: {load.connect_round_trips}
    upload_per_second: {4 / load.upload_per_token / 1e6:g}MB
    first_token: {figure(load.first_token, "s")}
    token_gap: {figure(load.token_gap, "s")}
  capacity: {{slots: {load.slots}, on_disconnect: cancel}}
timeline:
  - {{for: {load.seconds}s}}
"""
    return loads(text, Scenario)


def client_of(load: Load) -> Client:
    """The load's clients as a client file."""
    text = f"""
name: budgeted
timeouts: {{read: {load.read_timeout:g}s}}
layers:
  - deadline: {{total: {load.deadline:g}s}}
  - breaker: {{failures: {load.failures}, open_for: {load.open_for:g}s}}
  - retry:
      retries: {load.retries}
      backoff: {{base: {load.backoff:g}s, factor: {load.factor:g}, jitter: full}}
      budget: {{deposit: {load.deposit:g}, capacity: {load.budget:g}}}
  - content_gap: {{limit: {load.content_gap:g}s}}
  - sdk: {{max_retries: 0}}
"""
    return loads(text, Client)


def ours(load: Load) -> Callable[[], Observed]:
    """Our simulator, its files read beforehand."""
    scenario, client = scenario_of(load), client_of(load)

    def run() -> Observed:
        ledger = simulate(scenario, client, SEED)
        return Observed(ledger.calls, ledger.attempts, ledger.waits, ledger.breaker, ledger.journal)

    return run


def summary(seen: Observed) -> dict[str, Any]:
    """What must be equal: counts, and the seconds that calls with an answer took."""
    outcomes = Counter(call[5] for call in seen.calls)
    turns = Counter(f"{turn[2]} -> {turn[3]}" for turn in seen.breaker)
    return {
        "calls": len(seen.calls),
        "outcomes": dict(sorted(outcomes.items())),
        "attempts": len(seen.attempts),
        "attempt outcomes": dict(sorted(Counter(attempt[3] for attempt in seen.attempts).items())),
        "waits": len(seen.waits),
        "served": len(seen.journal),
        "breaker": dict(sorted(turns.items())),
        "latency of successes": math.fsum(call[4] - call[2] for call in seen.calls if call[5] == "ok"),
    }


def differences(one: Observed, other: Observed) -> Iterator[str]:
    """Where two runs that should be the same are not."""
    first, second = summary(one), summary(other)
    yield from (
        f"{key}: {first[key]} != {second[key]}" for key in first if not _is_close(first[key], second[key], 1e-6)
    )
    for kind in ("calls", "attempts", "waits", "breaker", "journal"):
        for a, b in zip(getattr(one, kind), getattr(other, kind), strict=False):
            if not _is_close(tuple(a), tuple(b), 1e-6):
                yield f"{kind}: {a} != {b}"
                break


def _is_close(a: Any, b: Any, tolerance: float) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(_is_close, a, b, [tolerance] * len(a)))
    if isinstance(a, float) and isinstance(b, float):
        return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    return bool(a == b)


def by_hand(run: Callable[[Load, int], Observed], load: Load) -> Callable[[], Observed]:
    """A reference, at the pace of garbage collection that the simulator sets for itself."""

    def arm() -> Observed:
        with few_collections():
            return run(load, SEED)

    return arm


def measure(is_quick: bool) -> Results:
    """Ratios and absolute speeds. Raises Different if the runs are not the same."""
    results: Results = {}
    for load in LOADS:
        if is_quick:
            results |= _measure(replace(load, calls=load.calls // 5), rounds=1)
        else:
            results |= _measure(load, rounds=5)
    return results


def _measure(load: Load, rounds: int) -> Results:
    arms: dict[str, Callable[[], Observed]] = {
        "brownout": ours(load),
        "heapq": by_hand(heapq_loop.run, load),
        "idiomatic_simpy": by_hand(idiomatic_simpy.run, load),
    }
    taken: dict[str, list[float]] = {name: [] for name in arms}
    expected: Observed | None = None
    for _ in range(rounds):
        for name, arm in arms.items():
            gc.collect()
            began = process_time()
            seen = arm()
            taken[name].append(process_time() - began)
            expected = expected or seen
            if found := list(differences(expected, seen)):
                raise Different(f"{load.name}: brownout and {name} differ: {'; '.join(found)}")
    assert expected is not None
    counts = summary(expected)
    requests = counts["calls"] + counts["attempts"]
    results: Results = {}
    for name, least in TARGETS.items():
        ratios = [other / own for own, other in zip(taken["brownout"], taken[name], strict=True)]
        results[f"sim.vs_{name}.{load.name}"] = spread(ratios) | {"at_least": least}
    for name, seconds in taken.items():
        speeds = spread([requests / each for each in seconds])
        results[f"sim.requests_per_second.{name}.{load.name}"] = speeds
    results[f"sim.counts.{load.name}"] = counts
    return results


if __name__ == "__main__":
    main(measure)
