"""Several slots, a queue, exponential answers: M/M/c."""

from __future__ import annotations

from math import exp

from ..erlang import waiting
from ..model import Figure, Model, queue
from ..numeric import quantile
from ..seen import Seen

RATE, SERVICE, SLOTS = 2.6, 1.0, 4
WAITING = waiting(RATE * SERVICE, SLOTS)
SPARE = SLOTS / SERVICE - RATE
"""Answers a second that the service could give besides."""


def takes_longer(seconds: float) -> float:
    """The share of calls that take longer, the wait and the answer together: a wait is 0, or exponential with the rate
    `SPARE`."""
    rate = 1.0 / SERVICE
    both = (SPARE * exp(-rate * seconds) - rate * exp(-SPARE * seconds)) / (SPARE - rate)
    return (1.0 - WAITING) * exp(-rate * seconds) + WAITING * both


MODEL = Model(
    name="M/M/c",
    says="Several slots with an endless queue: Erlang C is the share that waits, and those wait for an exponential "
    "time with the rate c mu - lambda (Erlang, 1917; Kleinrock, 1975, 3.5).",
    scenario=queue("mmc", f"{RATE}/s", f"{{mean: {SERVICE}s}}", "[{for: 2900s}]", f"capacity: {{slots: {SLOTS}}}"),
    warm_up=100.0,
    figures=(
        Figure("share served at once", "%", 1.0 - WAITING, Seen.at_once),
        Figure("mean wait and answer", "s", SERVICE + WAITING / SPARE, Seen.mean_time),
        Figure("p99 of wait and answer", "s", quantile(takes_longer, 0.99, 1000.0), Seen.p99),
    ),
)
