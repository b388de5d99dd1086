"""What the layers cost in production: CPU per call of a resilient client, over that of the bare SDK.

Both read the same canned bytes, as in `virtual.py`: no server, no network, nobody who waits. Every call succeeds, so
that what is seen is the price of the ordinary day. Both sides must have parsed the same answers, else nothing is
measured and it exits with 1.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from functools import partial
from time import process_time
from typing import Any

import anthropic
from run import Different, Results, main, spread
from virtual import URL, Load, Taken, call, call_blocking, canned_network, no_tls, pieces_of, run_in_loop

import brownout
from brownout.harness.few_collections import few_collections

CLIENT = "budgeted"
TARGET = 1.05
"""The most that a call should cost, in calls of the bare SDK."""


def _asynchronous(load: Load, is_resilient: bool) -> Taken:
    async def run() -> Taken:
        http_client = anthropic.DefaultAsyncHttpxClient(verify=no_tls())
        async with anthropic.AsyncAnthropic(api_key="none", base_url=URL, http_client=http_client) as bare:
            client: Any = brownout.resilient(bare, CLIENT) if is_resilient else bare
            await call(client, load.stream)
            began = process_time()
            seen = [await call(client, load.stream) for _ in range(load.calls)]
            return Taken(process_time() - began, seen)

    return asyncio.run(run())


def _blocking(load: Load, is_resilient: bool) -> Taken:
    http_client = anthropic.DefaultHttpxClient(verify=no_tls())
    with anthropic.Anthropic(api_key="none", base_url=URL, http_client=http_client) as bare:
        client: Any = brownout.resilient(bare, CLIENT) if is_resilient else bare
        call_blocking(client, load.stream)
        began = process_time()
        seen = [call_blocking(client, load.stream) for _ in range(load.calls)]
        return Taken(process_time() - began, seen)


def measure(is_quick: bool) -> Results:
    """Ratios and milliseconds. Raises Different if the two sides have not seen the same."""
    results: Results = {}
    for stream in (True, False):
        for style, run in (("async", _asynchronous), ("blocking", _blocking)):
            load = Load(clients=1, calls=3 if is_quick else 60 if stream else 200, stream=stream)
            pieces = pieces_of(run_in_loop, load)
            name = f"{style}.{'stream' if stream else 'plain'}"
            results |= _compared(name, partial(run, load), pieces, 1 if is_quick else 15, load.calls)
    return results


def _compared(name: str, run: Callable[[bool], Taken], pieces: Sequence[bytes], rounds: int, calls: int) -> Results:
    ratios, per_call = [], {True: list[float](), False: list[float]()}
    for round_ in range(rounds):
        taken = {}
        for is_resilient in (True, False) if round_ % 2 else (False, True):
            gc.collect()
            with few_collections(), canned_network(pieces):
                taken[is_resilient] = run(is_resilient)
            per_call[is_resilient].append(1000 * taken[is_resilient].seconds / calls)
        if taken[True].seen != taken[False].seen:
            raise Different(f"{name}: the resilient client and the bare one saw different answers")
        ratios.append(taken[True].seconds / taken[False].seconds)
    return {
        f"layers.resilient_vs_bare_sdk.{name}": spread(ratios) | {"at_most": TARGET},
        f"layers.cpu_ms_per_call.resilient.{name}": spread(per_call[True]),
        f"layers.cpu_ms_per_call.bare.{name}": spread(per_call[False]),
    }


if __name__ == "__main__":
    main(measure)
