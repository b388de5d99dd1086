"""What theory says is held to theory: of distributions whose best limit can be computed, the guess is as good."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf, log
from statistics import NormalDist

import pytest

from brownout.harness.latencies.survival import Seen, survival
from brownout.harness.tuning.closed_form import SLACK, hedge_after, restart_after, split

MANY = 2000
GIVEN_UP = 200.0
STEPS = 3000

Quantile = Callable[[float], float]


def lognormal(median: float, p95: float) -> Quantile:
    return lambda u: exp(NormalDist(log(median), log(p95 / median) / NormalDist().inv_cdf(0.95)).inv_cdf(u))


def with_hangs(share: float, of: Quantile) -> Quantile:
    return lambda u: of(u / (1.0 - share)) if u < 1.0 - share else inf


CASES: dict[str, tuple[Quantile, float]] = {
    "heavy tail": (lognormal(2.0, 40.0), 0.001),
    "heavy tail, a restart costs": (lognormal(2.0, 40.0), 3.0),
    "a share hangs": (with_hangs(0.1, lognormal(2.0, 4.0)), 1.0),
    "nearly always the same": (with_hangs(0.02, lognormal(2.0, 2.2)), 0.0),
    "two kinds": (lambda u: lognormal(1.0, 1.5)(u / 0.7) if u < 0.7 else lognormal(40.0, 60.0)((u - 0.7) / 0.3), 0.5),
}


def seen(quantile: Quantile, count: int = MANY) -> list[Seen]:
    """Evenly spaced quantiles; what takes longer than a limit at the top of a range was given up."""
    taken = [quantile((i + 0.5) / count) for i in range(count)]
    return [Seen(min(each, GIVEN_UP), each <= GIVEN_UP) for each in taken]


def mean(quantile: Quantile, wait: float) -> Callable[[float], float]:
    """Of a call that is asked again after `tau`, from the distribution itself: by a sum over its quantiles."""
    taken = [quantile((i + 0.5) / (10 * MANY)) for i in range(10 * MANY)]

    def loss(tau: float) -> float:
        area = sum(min(each, tau) for each in taken) / len(taken)
        survives = sum(each > tau for each in taken) / len(taken)
        return (area + wait * survives) / (1.0 - survives) if survives < 1.0 else inf

    return loss


@pytest.mark.parametrize("name", CASES)
def test_when_to_ask_again(name: str) -> None:
    quantile, wait = CASES[name]
    loss = mean(quantile, wait)
    guess = restart_after(survival(seen(quantile)), wait)
    least = min(loss(0.05 * exp(i / 300 * log(GIVEN_UP / 0.05))) for i in range(301))
    assert loss(guess) <= 1.02 * least


def test_without_memory_nothing_is_lost_by_any_limit() -> None:
    """An exponential: asking again is as good as waiting, and where it costs something worse."""
    taken = survival(seen(lambda u: -log(1.0 - u)))
    assert restart_after(taken, 1.0) == pytest.approx(SLACK * taken.times[-1])


def test_who_hangs_is_no_quantile() -> None:
    """A hedge goes out once a request is slow for one that ends, whatever share hangs."""
    quantile = lognormal(2.0, 4.0)
    for share in (0.0, 0.02, 0.3):
        assert hedge_after(survival(seen(with_hangs(share, quantile)))) == pytest.approx(4.0, rel=0.03)


@pytest.mark.parametrize("hang", [0.0, 0.05, 0.2, 0.5])
def test_a_deadline_in_equal_parts(hang: float) -> None:
    """As many tries as leave the least chance that all fail, by the distribution itself."""
    normal = NormalDist(log(2.0), 0.6)

    def fails(tries: int) -> float:
        return float((hang + (1.0 - hang) * (1.0 - normal.cdf(log((20.0 - 0.5 * (tries - 1)) / tries)))) ** tries)

    quantile = with_hangs(hang, lambda u: exp(normal.inv_cdf(u)))
    limit, tries = split(survival(seen(quantile)), 20.0, 0.5, 12)
    assert fails(tries) <= 1.02 * min(map(fails, range(1, 13))) + 1e-4
    assert limit * tries + 0.5 * (tries - 1) == pytest.approx(20.0)


def test_no_more_tries_than_there_is_time_for() -> None:
    assert split(survival([Seen(1.0), Seen(9.0, False)]), 10.0, 6.0, 50).tries <= 2
