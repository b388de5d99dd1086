"""One slot, a queue, exponential answers: M/M/1."""

from __future__ import annotations

from ..model import Figure, Model, queue
from ..seen import Seen

RATE, SERVICE = 0.5, 1.0
BUSY = RATE * SERVICE

MODEL = Model(
    name="M/M/1",
    says="One slot with an endless queue: the share that waits is the load rho, and wait and answer together take 1 "
    "/ (mu - lambda) (Erlang, 1909; Kleinrock, 1975, Queueing Systems I, 3.2).",
    scenario=queue("mm1", f"{RATE}/s", f"{{mean: {SERVICE}s}}", "[{for: 15000s}]", "capacity: {slots: 1}"),
    warm_up=200.0,
    figures=(
        Figure("share that waits", "%", BUSY, Seen.waited),
        Figure("mean wait and answer", "s", SERVICE / (1.0 - BUSY), Seen.mean_time),
    ),
)
