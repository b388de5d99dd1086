"""What a monitor costs: CPU per call of a resilient client that has one as its hook, over that of one whose hook does
nothing, and of one without hooks; and a month of a million calls, seen by all shipped rules.

The calls of the first read the same canned bytes, as in `layers.py`. Those of the second are made up: one in two
hundred is tried again, and they take different times. What it holds in the end must be all of them, else it exits with
1.
"""

from __future__ import annotations

import gc
import math
import resource
from collections.abc import Iterator, Sequence
from time import process_time
from typing import Any

import anthropic
from run import Different, Results, main, spread
from virtual import URL, Load, Taken, call_blocking, canned_network, no_tls, pieces_of, run_in_loop

import brownout
from brownout.fakes.draws import Identity
from brownout.harness.few_collections import few_collections
from brownout.harness.production.records import FinishedCall
from brownout.harness.records import AttemptRecord, CallRecord
from brownout.monitor import Monitor
from brownout.scenarios import alerts

CLIENT, MODEL = "budgeted", "claude-sonnet-5-5"
TARGET = 1.05
"""The most that a call should cost, in calls whose records nobody looks at."""
MILLION, MOST = 1_000_000, 60.0
"""Calls, and the seconds that they may take."""
GROWTH = 1.1
"""The most that memory may grow in the last half of them."""
MONTH = 30 * 86_400.0


class Clock:
    """Is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _hooks(arm: str) -> list[Any]:
    match arm:
        case "monitor":
            return [Monitor(rules=list(alerts()))]
        case "idle":
            return [lambda record: None]
    return []


ARMS = ("monitor", "idle", "none")


def _blocking(load: Load, arm: str) -> Taken:
    http_client = anthropic.DefaultHttpxClient(verify=no_tls())
    with anthropic.Anthropic(api_key="none", base_url=URL, http_client=http_client) as bare:
        client: Any = brownout.resilient(bare, CLIENT, hooks=_hooks(arm))
        call_blocking(client, load.stream)
        began = process_time()
        seen = [call_blocking(client, load.stream) for _ in range(load.calls)]
        return Taken(process_time() - began, seen)


def _records(calls: int) -> Iterator[tuple[float, list[Any]]]:
    """When each call of a month ends, and what is told of it."""
    for number in range(calls):
        began, took = number * MONTH / calls, 1.0 + number * 7919 % 1000 / 300
        is_retried = number % 200 == 0
        told: list[Any] = []
        if is_retried:
            told.append(AttemptRecord(Identity(0, number), began, began + 0.5, "status", "read", 529, False))
        who = Identity(0, number, int(is_retried))
        told.append(AttemptRecord(who, began, began + took, "ok", None, 200, False, 40, began + 0.7, 0.1, 40))
        call = (0, number, began, began, began + took, "ok", None, "", math.inf, True, 300, 400, 40, 1 + is_retried)
        told.append(FinishedCall.known(CallRecord._make(call), MODEL, (300, 120), (MODEL, "")))
        yield began + took, told


def measure(is_quick: bool) -> Results:
    """Ratios, microseconds and seconds. Raises Different if a call was lost."""
    results: Results = {}
    for stream in (True, False):
        load = Load(clients=1, calls=3 if is_quick else 60 if stream else 200, stream=stream)
        name = "stream" if stream else "plain"
        results |= _compared(name, load, pieces_of(run_in_loop, load), 1 if is_quick else 15)
    return results | _month(1000 if is_quick else MILLION)


def _compared(name: str, load: Load, pieces: Sequence[bytes], rounds: int) -> Results:
    taken: dict[str, list[float]] = {arm: [] for arm in ARMS}
    for round_ in range(rounds):
        for arm in ARMS if round_ % 2 else reversed(ARMS):
            gc.collect()
            with few_collections(), canned_network(pieces):
                taken[arm].append(_blocking(load, arm).seconds / load.calls)

    def over(arm: str) -> dict[str, float]:
        return spread([mine / theirs for mine, theirs in zip(taken["monitor"], taken[arm], strict=True)])

    return {
        f"monitor.vs_idle_hook.{name}": over("idle") | {"at_most": TARGET},
        f"monitor.vs_no_hooks.{name}": over("none"),
        f"monitor.cpu_ms_per_call.{name}": spread([1000 * each for each in taken["monitor"]]),
    }


def _month(calls: int) -> Results:
    """Making the records takes time of its own, which is taken off."""
    began = process_time()
    for _ in _records(calls):
        pass
    making = process_time() - began
    clock = Clock()
    monitor = Monitor(rules=list(alerts()), clock=clock)
    halfway, began = 0, process_time()
    for number, (clock.now, told) in enumerate(_records(calls)):
        for record in told:
            monitor(record)
        if number == calls // 2:
            halfway = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken = process_time() - began - making
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / halfway
    if f'brownout_client_calls_total{{model="{MODEL}"}} {float(calls)}\n' not in monitor.openmetrics():
        raise Different("the monitor has lost calls")
    began = process_time()
    monitor.snapshot()
    looked = process_time() - began
    return {
        "monitor.month.seconds": spread([taken]) | ({"at_most": MOST} if calls == MILLION else {}),
        "monitor.month.us_per_call": spread([1e6 * taken / calls]),
        "monitor.month.growth": spread([grown]) | {"at_most": GROWTH},
        "monitor.snapshot_ms": spread([1000 * looked]),
    }


if __name__ == "__main__":
    main(measure)
