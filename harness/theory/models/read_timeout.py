"""One slot, a queue, and a read timeout that also ends what is being answered: M/M/1+D until the end of service."""

from __future__ import annotations

from math import exp

from ..model import Figure, Model, queue
from ..numeric import integral
from ..seen import Seen

RATE, SERVICE, PATIENCE = 0.9, 1.0, 2.0
SPARE = 1.0 / SERVICE - RATE

EMPTY = 1.0 / (1.0 + RATE * (1.0 - exp(-SPARE * PATIENCE)) / SPARE)
"""The share of time that nothing is to be done. Whoever comes to find work for v seconds adds no more than what he has
patience for, so that the density of v is that of M/M/1 up to the patience, and there is nothing beyond."""


def in_time(wait: float) -> float:
    """The share of answers that still come in time after such a wait."""
    return 1.0 - exp(-(PATIENCE - wait) / SERVICE)


ANSWERED = EMPTY * (in_time(0.0) + integral(lambda v: RATE * exp(-SPARE * v) * in_time(v), 0.0, PATIENCE))

MODEL = Model(
    name="M/M/1+D, until the end",
    says="A read timeout ends the wait and the answer alike: the shares that wait and that it ends (Barrer, 1957; "
    "Movaghar, 2006, by level crossings here).",
    scenario=queue(
        "read-timeout",
        f"{RATE}/s",
        f"{{mean: {SERVICE}s}}",
        "[{for: 7500s}]",
        "capacity: {slots: 1, on_disconnect: cancel}",
    ),
    client="""
name: impatient
timeouts: {connect: 2s, read: 2s, write: 2s, pool: 1000s}
layers: [sdk: {max_retries: 0}]
""",
    warm_up=100.0,
    figures=(
        Figure("share that waits", "%", 1.0 - EMPTY, Seen.waited),
        Figure("share timed out", "%", 1.0 - ANSWERED, Seen.failed),
    ),
)
