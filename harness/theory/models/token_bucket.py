"""A rate limit with a bucket, and calls at random: what it refuses."""

from __future__ import annotations

from math import exp

from ..model import Figure, Model, queue
from ..seen import Seen

RATE, REFILL, SIZE = 1.4, 1.0, 5


def loss(rate: float, refill: float, size: int) -> float:
    """The share of calls refused by a bucket of `size` tokens, refilled with `refill` a second.

    What is missing in the bucket drains evenly, and a call is let in while no more than size - 1 is: so the bucket is a
    queue with one slot, answers of 1 / refill seconds, and `size` places, M/D/1/size. By its chain at departures
    (Gross and Harris, 1998, 5.1.7), where whoever leaves j behind is followed by one who leaves j - 1 and all who come
    meanwhile: pi_j' = pi_0 a_j' + the sum of pi_j a_(j' - j + 1). The load is what it is for the share let in.
    """
    load = rate / refill
    arrivals = [exp(-load)]
    for count in range(1, size + 1):
        arrivals.append(arrivals[-1] * load / count)
    weights = [1.0]
    for left in range(size - 1):
        following = weights[left] - weights[0] * arrivals[left]
        following -= sum(weights[j] * arrivals[left - j + 1] for j in range(1, left + 1))
        weights.append(following / arrivals[0])
    empty = weights[0] / sum(weights)
    return 1.0 - 1.0 / (empty + load)


MODEL = Model(
    name="token bucket",
    says="A rate limit refuses what M/D/1/b loses, b being the bucket's size: exactly, by the chain at departures "
    "(Gross and Harris, 1998, Fundamentals of Queueing Theory, 5.1.7).",
    scenario=queue(
        "token-bucket",
        f"{RATE}/s",
        "0s",
        "[{for: 4000s}]",
        f"limits: {{requests: {REFILL * 60:g}/min, burst_over: {SIZE / REFILL:g}s}}",
    ),
    warm_up=100.0,
    figures=(Figure("share refused", "%", loss(RATE, REFILL, SIZE), Seen.failed),),
)
