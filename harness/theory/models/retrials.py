"""One slot, no queue, and whoever is refused comes again: the retrial queue."""

from __future__ import annotations

from math import log
from statistics import fmean

from brownout.fakes.units import seconds

from ...client import Client
from ...policies.backoff import Backoff
from ...policies.layers.retry import Retry
from ..model import PATIENT, Figure, Model, queue
from ..seen import Seen

RATE, SERVICE, AGAIN = 0.4, 1.0, 3.0
"""Calls a second, the mean of an answer and that of a back-off, in seconds."""
BUSY = RATE * SERVICE
ORBIT = BUSY * (RATE + BUSY / AGAIN) * AGAIN / (1.0 - BUSY)
"""How many have been refused and will come again, on average."""


class Memoryless(Backoff):
    """Exponential waits, with `base` for their mean."""

    def delay(self, retry: int, u: float, before: float | None = None) -> float:
        return -self.base * log(u)


def memoryless(client: Client) -> Client:
    """With waits that no file can say."""
    retry, sdk = client.layers
    assert isinstance(retry, Retry)
    return client.model_copy(
        update={"layers": (retry.model_copy(update={"backoff": Memoryless(base=seconds(AGAIN))}), sdk)}
    )


def refused_at_first(seen: Seen) -> float:
    """The share of calls that found the slot busy."""
    return fmean(call.attempts > 1 for call in seen.calls)


MODEL = Model(
    name="M/M/1/1 with retrials",
    says="No queue, and everybody refused tries again after an exponential time: the share refused at first is rho, "
    "and rho (lambda + rho theta) / ((1 - rho) theta) are in orbit, each for a time by Little's law (Falin and "
    "Templeton, 1997, Retrial Queues, 1.2).",
    scenario=queue(
        "retrials", f"{RATE}/s", f"{{mean: {SERVICE}s}}", "[{for: 12500s}]", "capacity: {slots: 1, queue: 0}"
    ),
    client=f"""
name: again
{PATIENT}
layers:
  - retry: {{retries: 1000, backoff: {{base: {AGAIN}s}}}}
  - sdk: {{max_retries: 0}}
""",
    change=memoryless,
    warm_up=200.0,
    cool_down=200.0,
    figures=(
        Figure("share refused at first", "%", BUSY, refused_at_first),
        Figure("mean time until answered", "s", ORBIT / RATE + SERVICE, Seen.mean_time),
        Figure("requests per call", "x", 1.0 + ORBIT / AGAIN / RATE, Seen.requests),
    ),
)
