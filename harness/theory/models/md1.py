"""One slot, a queue, answers that all take the same time: M/D/1."""

from __future__ import annotations

from ..model import Figure, Model, queue
from ..seen import Seen

RATE, SERVICE = 0.6, 1.0
BUSY = RATE * SERVICE

MODEL = Model(
    name="M/D/1",
    says="One slot, an endless queue, and no chance but in arrivals: waits are half as long as with exponential "
    "answers (Pollaczek, 1930; Khinchine, 1932).",
    scenario=queue("md1", f"{RATE}/s", f"{SERVICE}s", "[{for: 8500s}]", "capacity: {slots: 1}"),
    warm_up=200.0,
    figures=(
        Figure("share that waits", "%", BUSY, Seen.waited),
        Figure("mean wait and answer", "s", SERVICE + SERVICE * BUSY / (2.0 * (1.0 - BUSY)), Seen.mean_time),
    ),
)
