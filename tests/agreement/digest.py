"""A run's whole ledger as one number: `python digest.py BACKEND [CLIENTS]`. Runs on any SDK, also as a script."""

from __future__ import annotations

import sys
from hashlib import sha256
from pathlib import Path

from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.files import load, loads
from brownout.harness.results import Backend
from brownout.harness.scenario import Scenario

CLIENT = """
name: hedged
timeouts: {connect: 4s, read: 4s, write: 4s, pool: 4s}
layers:
  - deadline: {total: 30s}
  - breaker: {failures: 3, open_for: 4s}
  - hedge: {after: 6s}
  - retry:
      retries: 2
      backoff: {base: 500ms, jitter: full}
      on: [timeout, connection, rate_limit, overloaded, stream_before_text]
  - content_gap: {limit: 2500ms}
  - sdk: {max_retries: 1}
"""
EVERYTHING = Path(__file__).with_name("everything.yaml")
SEED = 7


def scenario(clients: int | None) -> Scenario:
    """The scenario with every fault, for so many clients and a service as much larger."""
    found = load(EVERYTHING, Scenario)
    if clients is None:
        return found
    factor = clients / found.workload.clients
    capacity, limits = found.server.capacity, found.server.limits
    assert capacity.slots is not None
    assert capacity.queue is not None
    assert limits.requests is not None
    server = found.server.model_copy(
        update={
            "capacity": capacity.model_copy(
                update={"slots": round(capacity.slots * factor), "queue": round(capacity.queue * factor)}
            ),
            "limits": limits.model_copy(update={"requests": limits.requests * factor}),
        }
    )
    workload = found.workload.model_copy(update={"clients": clients})
    return found.model_copy(update={"workload": workload, "server": server})


def digest(backend: Backend, clients: int | None = None) -> str:
    """How many calls and attempts there were, and a hash of everything that was recorded."""
    ledger = Job(scenario(clients), loads(CLIENT, Client), SEED, backend, 1.0).play()
    records = (ledger.calls, ledger.attempts, ledger.waits, ledger.breaker, ledger.journal, ledger.faults)
    return f"{len(ledger.calls)} {len(ledger.attempts)} {sha256(repr(records).encode()).hexdigest()[:32]}"


if __name__ == "__main__":
    print(digest(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None))  # type: ignore[arg-type]
