"""Run lengths that are known: how many points the rules take until they fire, held to what was published."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

import numpy as np

from brownout.fakes.distributions import normal_quantile
from brownout.fakes.draws import Draws

from ..monitoring.tick import Tick
from ..statistics import Interval
from ..statistics.student import student
from .kinds.bernoulli_cusum import BernoulliCusum
from .kinds.burn_rate import BurnRate, Pair
from .kinds.cusum import Cusum
from .kinds.ewma import Ewma
from .rule import Detector

PRECISION = 0.05
"""Half of an interval of 95%, as a share of the value, that a figure has to be known to."""
ROUNDED = 0.005
"""Published figures have three digits."""
STEP = 10.0
"""Seconds of a tick where windows are measured: short against them."""
Verdict = Literal["holds", "does not hold", "too few runs to tell"]


@dataclass(frozen=True, slots=True)
class Known:
    """`length` plays one run: points, or seconds, until it fires."""

    name: str
    what: str
    says: str
    published: float
    length: Callable[[int], float]
    unit: Literal["points", "s"] = "points"
    runs: int = 2500

    def play(self) -> list[float]:
        """Under seeds 1, 2, 3, ..."""
        return [self.length(seed) for seed in range(1, self.runs + 1)]


def verdict(known: Known, lengths: list[float], cases: int) -> Verdict:
    """Whether they come to the published figure, in the interval that so many cases together hold in 95% of cases."""
    joint = student(lengths, 1.0 - 0.05 / cases)
    off = ROUNDED * known.published
    assert joint.low is not None
    assert joint.high is not None
    if not joint.low - off <= known.published <= joint.high + off:
        return "does not hold"
    alone = interval(lengths)
    is_known = (alone.high or 0.0) - (alone.low or 0.0) <= 2.0 * PRECISION * known.published
    return "holds" if is_known else "too few runs to tell"


def interval(lengths: list[float]) -> Interval:
    """The mean run length, with Student's interval over runs."""
    return student(lengths)


def _first(detectors: list[tuple[Detector, int]], points: Iterator[float]) -> int:
    """Which point makes any of them fire; a detector is shown the points, or their opposite."""
    for number, point in enumerate(points, 1):
        for detector, sign in detectors:
            if detector.see(Tick(answered=1, seconds=sign * point)):
                return number
    raise AssertionError("points do not end")


def _normal(seed: int, shift: float) -> Iterator[float]:
    uniform = Draws(seed, "known points").uniform
    return (normal_quantile(uniform(number)) + shift for number in count())


def _both_sides(rule: Ewma | Cusum, shift: float) -> Callable[[int], float]:
    """What is published is of charts of two sides: two of ours, one of them on the opposite."""

    def length(seed: int) -> float:
        return _first([(rule.detector(60.0), 1), (rule.detector(60.0), -1)], _normal(seed, shift))

    return length


_GIVEN = {"of": "latency", "every": "60s", "usual": {"mean": 0.0, "sd": 1.0}}


def _cusums() -> Iterator[Known]:
    says = "the table in Montgomery, Statistical Quality Control; two-sided, allowance 0.5"
    for limit, shift, published in (
        *((4.0, 0.0, 168.0), (4.0, 1.0, 8.38), (4.0, 2.0, 3.34)),
        *((5.0, 0.0, 465.0), (5.0, 0.5, 38.0), (5.0, 1.0, 10.4)),
    ):
        rule = Cusum.model_validate(_GIVEN | {"allowance": 0.5, "limit": limit})
        yield Known("cusum", f"limit {limit:g}, {_shifted(shift)}", says, published, _both_sides(rule, shift))


def _ewmas() -> Iterator[Known]:
    says = "Lucas and Saccucci, 1990; two-sided"
    for weight, limit, shift, published in (
        *((0.1, 2.814, 0.0, 500.0), (0.1, 2.814, 0.5, 31.3), (0.1, 2.814, 1.0, 10.3)),
        (0.4, 3.054, 1.0, 14.3),
    ):
        rule = Ewma.model_validate(_GIVEN | {"weight": weight, "limit": limit})
        what = f"weight {weight:g}, limit {limit:g}, {_shifted(shift)}"
        yield Known("ewma", what, says, published, _both_sides(rule, shift))


def _shifted(shift: float) -> str:
    return f"shifted by {shift:g} sd" if shift else "nothing shifted"


def _bernoullis() -> Iterator[Known]:
    """What a bad call adds is a whole number of times what a good one takes away, so that the sum has few places, and
    its run length is the solution of linear equations."""
    usual, ratio, limit = 0.01, 24, 40
    rule = _bernoulli(usual, ratio, limit)
    says = "the Markov chain of Reynolds and Stoumbos, 1999, solved"
    for share in (usual, rule.bad, 0.15):

        def length(seed: int, share: float = share) -> float:
            detector, uniform = rule.detector(60.0), Draws(seed, "known calls").uniform
            ticks = (Tick(1, int(uniform(number) < share)) for number in count())
            return next(number for number, tick in enumerate(ticks, 1) if detector.see(tick))

        what = f"usual {usual:.1%}, bad {rule.bad:.1%}, {share:.1%} of the calls fail"
        yield Known("bernoulli_cusum", what, says, _solved(share, ratio, limit), length)


def _bernoulli(usual: float, ratio: int, limit: int) -> BernoulliCusum:
    """With `bad` such that a failed call adds `ratio` times what another takes away; `limit` in units of that."""
    low, high = usual, 0.999
    for _ in range(200):
        middle = (low + high) / 2
        rule = BernoulliCusum.model_construct(of="failures", usual=usual, bad=middle, limit=1.0)
        low, high = (middle, high) if middle == usual or rule.gain / rule.loss > ratio else (low, middle)
    rule = BernoulliCusum.model_construct(of="failures", usual=usual, bad=high, limit=1.0)
    return rule.model_copy(update={"limit": (limit + 0.5) * rule.loss})


def _solved(share: float, ratio: int, limit: int) -> float:
    """Calls until the sum is above the limit, from 0."""
    places = limit + 1
    steps = np.eye(places)
    for place in range(places):
        steps[place, max(0, place - 1)] -= 1.0 - share
        if place + ratio < places:
            steps[place, place + ratio] -= share
    return float(np.linalg.solve(steps, np.ones(places))[0])


def _burns() -> Iterator[Known]:
    says = "Google's SRE workbook: long x burn x (1 - objective) / share of failed calls"
    calls = 200
    for long, short, burn, share in (("1h", "5m", 14.4, 0.3), ("6h", "30m", 6.0, 0.2), ("1h", "5m", 14.4, 0.2)):
        pair = Pair.model_validate({"long": long, "short": short, "burn": burn})
        rule = BurnRate.model_construct(of="failures", objective=0.99, pairs=(pair,))

        def length(seed: int, rule: BurnRate = rule, share: float = share, pair: Pair = pair) -> float:
            detector, uniform = rule.detector(STEP), Draws(seed, "known failures").uniform
            for _ in range(math.ceil(pair.long / STEP)):
                detector.see(Tick(calls))
            spread = math.sqrt(calls * share * (1.0 - share))
            for number in count(1):
                failed = round(calls * share + spread * normal_quantile(uniform(number)))
                if detector.see(Tick(calls, failed)):
                    return number * STEP
            raise AssertionError("there is always a next tick")

        published = pair.long * rule.limit(pair) / share
        what = f"burn {burn:g} over {long}, objective 99%, {share:.0%} of the calls fail"
        yield Known("burn_rate", what, says, published, length, "s", runs=200)


def known() -> list[Known]:
    """Every case."""
    return [*_cusums(), *_ewmas(), *_bernoullis(), *_burns()]
