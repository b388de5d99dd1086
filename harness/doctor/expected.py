"""How long answers take on a good day: quantiles of a workload and a latency, without drawing anything at random."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from brownout.fakes.latency import PROFILES, Latency

from ..workload import Calls

POINTS = 4000
"""Enough for a 99th percentile to within a few percent."""
_ROOT = 1.1673039782614187
"""Of x^5 = x + 1: its powers spread points evenly over four dimensions (Roberts' sequence)."""
P99 = 0.99


class Expected(NamedTuple):
    """Quantiles in seconds."""

    plain: float
    """Until a plain answer is there: nothing is heard before it is whole."""
    first_token: float
    whole_stream: float
    gap: float
    """Between two tokens of a stream."""


def expected(latency: Latency, kind: Calls, quantile: float = P99) -> Expected:
    """Of one kind of call to one service that has capacity enough."""
    points = [_one(latency, kind, *at) for at in _points()]
    return Expected(*(_quantile([point[i] for point in points], quantile) for i in range(4)))


def _one(latency: Latency, kind: Calls, u: float, v: float, w: float, x: float) -> Expected:
    tokens = max(1, min(kind.max_tokens, round(kind.output_tokens.at(u))))
    trip = latency.round_trip.at(0.5)
    first = trip + latency.first_token.at(v) + kind.input_tokens.at(x) * latency.per_input_token
    gap = latency.token_gap.at(w)
    whole = first + (tokens - 1) * gap
    return Expected(whole, first, whole, gap)


@lru_cache(maxsize=1)
def _points() -> tuple[tuple[float, float, float, float], ...]:
    steps = [_ROOT**-n for n in (1, 2, 3, 4)]

    def at(i: int, step: float) -> float:
        return min(max((0.5 + i * step) % 1.0, 1e-9), 1.0 - 1e-9)

    return tuple((at(i, steps[0]), at(i, steps[1]), at(i, steps[2]), at(i, steps[3])) for i in range(1, POINTS + 1))


def _quantile(values: list[float], quantile: float) -> float:
    return sorted(values)[min(len(values) - 1, int(quantile * len(values)))]


@lru_cache(maxsize=1)
def slowest_first_token() -> tuple[str, float]:
    """The model of which a first token takes longest, and its 99th percentile in seconds: whatever is asked for."""
    latency = {name: Latency.model_validate({"profile": name}) for name in PROFILES}
    found = {name: each.first_token.at(P99) + each.round_trip.at(P99) for name, each in latency.items()}
    name = max(found, key=lambda each: found[each])
    return name, found[name]


def generation(max_tokens: int, model: str = "sonnet") -> float:
    """Seconds that an answer of so many tokens takes at the median speed of a model."""
    latency = Latency.model_validate({"profile": model})
    return latency.first_token.at(0.5) + max_tokens * latency.token_gap.at(0.5)
