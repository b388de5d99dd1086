"""Every layer there is, around the SDK: the same decisions for the same outcomes in every driver.

The simulator, the asynchronous SDK and the blocking one come to the same ledger, record by record; and to another one
than without the layer, so that none agrees by doing nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run as simulate
from brownout.harness.drivers.virtual.blocking import run as play_blocking
from brownout.harness.drivers.virtual.run import run as play
from brownout.harness.equality import first_difference
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.policies.budgets import BUDGETS
from brownout.harness.policies.layers import LAYERS
from brownout.harness.policies.limiters import LIMITERS
from brownout.harness.workload import Poisson

from .test_scripted import SEED
from .test_virtual import EVERYTHING

CAUSES = "on: [timeout, connection, rate_limit, overloaded, stream_before_text, stream_after_text]"
RETRY = f"retry: {{retries: 4, backoff: {{base: 100ms, max: 1s}}, {CAUSES}"

STACKS = {
    "attempt_timeout": "attempt_timeout: {total: 1200ms}",
    "breaker": "breaker: {failures: 2, open_for: 2s}",
    "breaker, window of calls": "breaker: {window: {calls: 4, minimum: 2, slow: 900ms}, open_for: 1s, successes: 2}",
    "breaker, window of time": "breaker: {window: {time: 5s, minimum: 2}, open_for: 1s, counts: [overloaded, timeout]}",
    "concurrency": "concurrency: {limit: 2, queue: 3, max_wait: 1s}",
    "content_gap": "content_gap: {limit: 1500ms}",
    "deadline": "deadline: {total: 2100ms}",  # at no moment when a lost SYN is sent again
    "fallback": "fallback: {to: [{model: claude-haiku-4-5}]}",
    "fallback, without streaming": "fallback: {to: [{stream: false}], on: [stream_before_text, stream_after_text]}",
    "first_byte": "first_byte: {limit: 600ms}",
    "first_token": "first_token: {limit: 600ms}",
    "hedge": "hedge: {after: 800ms, hedges: 2, share: 50%}",
    "rate_limiter": "rate_limiter: {by: {kind: bucket, rate: 1/s}, max_wait: 1s}",
    "resume": "resume: {times: 3}",
    "resume, of a model that takes a prefill": "fallback: {to: [{model: claude-haiku-4-5}]}, resume: {times: 3}",
    "retry": f"{RETRY}, within: 3s, retry_after: {{at_most: 500ms, beyond: backoff, jitter: 50%}}}}",
    "throttle": "throttle: {k: 1, window: 10s}",
    **{f"retry, budget {kind}": f"{RETRY}, budget: {{kind: {kind}}}}}" for kind in BUDGETS},
    "rate_limiter, aimd": "rate_limiter: {by: {kind: aimd, rate: 1/s, hold: 0s}}",
    "rate_limiter, cubic": "rate_limiter: {by: {kind: cubic}}",
}
"""Each sharp enough to make a difference."""
SDK = "name: tried\ntimeouts: {connect: 4s, read: 4s, write: 4s, pool: 4s}\nlayers: [LAYER, sdk: {max_retries: 0}]\n"


CROWDED = EVERYTHING.model_copy(
    update={
        "workload": EVERYTHING.workload.model_copy(
            update={"clients": 6, "arrivals": Poisson.model_validate({"rate": "25/s"}), "limit": 30}
        )
    }
)
"""Few clients with many calls at a time each, for what is about those."""


@cache
def simulated(layer: str) -> Ledger:
    return simulate(CROWDED, client(layer), SEED)


def client(layer: str) -> Client:
    return loads(SDK.replace("LAYER, ", f"{layer}, " if layer else ""), Client)


@pytest.mark.parametrize("run", [play, play_blocking], ids=["virtual", "virtual-blocking"])
@pytest.mark.parametrize("name", STACKS)
def test_a_layer_decides_alike_in_every_driver(name: str, run: Any) -> None:
    """Calls, attempts, waits, breakers, the server's journal and the counts of faults, at equal times."""
    config = client(STACKS[name])
    assert first_difference(simulated(STACKS[name]), run(CROWDED, config, SEED)) is None


@pytest.mark.parametrize("name", STACKS)
def test_and_it_makes_a_difference(name: str) -> None:
    """To what becomes of the calls, or when."""
    assert first_difference(simulated(STACKS[name]), simulated("")) is not None


def test_every_layer_budget_and_limiter_is_tried() -> None:
    """So that a new one cannot be left out."""
    assert {name.partition(",")[0] for name in STACKS} == set(LAYERS) - {"sdk"}
    assert {name.split()[-1] for name in STACKS if "budget" in name} == set(BUDGETS)
    paced = " ".join(stack for name, stack in STACKS.items() if name.startswith("rate_limiter"))
    assert all(f"kind: {kind}" in paced for kind in LIMITERS)
