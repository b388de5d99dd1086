"""Where the best value can be computed, the search finds it: within 2% of the least loss there is.

A call that is tried again whenever `tau` has passed, after a wait of b, is a renewal: with F the latency's distribution
and S its survival, E[T] = (the integral of S from 0 to tau + b S(tau)) / F(tau) (van Moorsel and Wolter, 2006).

A call that has k tries within a deadline D fails when all of them do: with the probability of S(tau) for each that has
tau, and S of what is left of D for the last. Where a share h hangs and the rest is lognormal, many tries are safe from
hangs and cut off long answers, few are not and do not; best is D/k each.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from statistics import NormalDist

import pytest

from brownout.harness.files import loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.guessing import guesses
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage
from brownout.harness.tuning.racing import best
from brownout.harness.tuning.search import Search
from brownout.harness.tuning.space import Space

HIGH = 60.0
CLIENT = """
name: restarted
timeouts: {connect: 60s, read: {tune: LOW..60s}}
layers:
  - retry: {retries: 1000, backoff: {growth: constant, base: WAIT, jitter: none}, on: [timeout]}
  - sdk: {max_retries: 0}
"""
SCENARIO = """
name: restarts
workload: {clients: 100, arrivals: {kind: poisson, rate: 10/s}, calls: {deadline: 3600s, output_tokens: 1}}
server:
  latency: {round_trip: 0ms, token_gap: 0ms, first_token: {median: 2s, p95: P95}}
  capacity: {slots: 100000}
timeline: [{for: 20s, faults: [FAULT]}]
"""
STEPS = 4000


def expected(hang: float, wait: float, p95: float) -> Callable[[float], float]:
    """The mean time of a call, by the timeout."""
    sigma = log(p95 / 2.0) / NormalDist().inv_cdf(0.95)
    normal = NormalDist(log(2.0), sigma)

    def survival(at: float) -> float:
        return hang + (1.0 - hang) * (1.0 - normal.cdf(log(at))) if at > 0.0 else 1.0

    def mean(tau: float) -> float:
        step = tau / STEPS
        area = step * sum(survival((i + 0.5) * step) for i in range(STEPS))
        return (area + wait * survival(tau)) / (1.0 - survival(tau))

    return mean


CASES = {
    "heavy tail": (0.5, 0.0, 0.001, 40.0),
    "heavy tail, a restart costs": (0.5, 0.0, 3.0, 40.0),
    "a share hangs": (1.0, 0.1, 1.0, 4.0),  # after half a second it is asked again a thousand times
}
"""The least timeout, the share that hangs, the wait before another try and the p95, in seconds; the median is 2 s."""
SEEDS = 6


def found(client: str, scenario: str, goal: str) -> tuple[float, ...]:
    """Where a search ends that begins as `brownout tune` does."""
    space = Space.of(parse(client))
    stage = Stage([loads(scenario, Scenario)], Goal.parse(goal), Kept())
    search = Search(space, stage, seeds=SEEDS, batches=4)
    return best(search.run(guesses(space, stage)).finalists(SEEDS))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_best_read_timeout_is_found(name: str) -> None:
    low, hang, wait, p95 = CASES[name]
    fault = f"{{kind: no_answer, share: {hang * 100:g}%}}" if hang else "{kind: noop}"
    scenario = SCENARIO.replace("P95", f"{p95}s").replace("FAULT", fault)
    [tau] = found(CLIENT.replace("WAIT", f"{wait * 1000:g}ms").replace("LOW", f"{low}s"), scenario, "rmst")
    mean = expected(hang, wait, p95)
    least = min(mean(low * exp(i / 200 * log(HIGH / low))) for i in range(201))
    assert mean(tau) <= 1.02 * least
    assert mean(HIGH) > 1.1 * least  # that it matters


DEADLINE = 20.0
HANG = 0.5
SPREAD = NormalDist(log(3.0), 0.5)
WITHIN_DEADLINE = """
name: within-a-deadline
timeouts: {connect: 60s, read: {tune: 1s..20s}}
layers:
  - deadline: {total: 20s}
  - retry: {retries: {tune: 0..19}, backoff: {growth: constant, base: 1us, jitter: none}, on: [timeout]}
  - sdk: {max_retries: 0}
"""


def answered(tau: float, tries: int) -> float:
    """The share of calls: of what is left after whole tries, another has its part."""
    whole = min(tries, int(DEADLINE / tau + 1e-9))
    failed = survival(tau) ** whole
    left = DEADLINE - whole * tau
    return 1.0 - failed * (survival(left) if whole < tries and left > 1e-6 else 1.0)


def survival(at: float) -> float:
    return HANG + (1.0 - HANG) * (1.0 - SPREAD.cdf(log(at)))


@pytest.mark.slow
def test_the_deadline_is_shared_out_evenly() -> None:
    scenario = SCENARIO.replace("median: 2s, p95: P95", f"median: 3s, p95: {exp(SPREAD.inv_cdf(0.95)):.6f}s").replace(
        "deadline: 3600s", "deadline: 20s"
    )
    scenario = scenario.replace("FAULT", f"{{kind: no_answer, share: {HANG * 100:g}%}}")
    tau, retries = found(WITHIN_DEADLINE, scenario, "goodput")
    every = {(0.05 * i, tries): answered(0.05 * i, tries) for i in range(20, 401) for tries in range(1, 21)}
    most = max(every.values())
    even = max(answered(DEADLINE / tries, tries) for tries in range(1, 21))
    assert 1.0 - even <= 1.001 * (1.0 - most)
    assert answered(tau, int(retries) + 1) >= 0.98 * most
    for extreme in ((1.0, 20), (20.0, 20), (4.0, 1)):  # that it matters
        assert answered(*extreme) < 0.6 * most
