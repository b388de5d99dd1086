"""Where the best value can be computed, the search finds it: within 2% of the least loss there is.

A call that is tried again whenever `tau` has passed, after a wait of b, is a renewal: with F the latency's distribution
and S its survival, E[T] = (the integral of S from 0 to tau + b S(tau)) / F(tau) (van Moorsel and Wolter, 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from statistics import NormalDist

import pytest

from brownout.harness.files import loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage
from brownout.harness.tuning.racing import best
from brownout.harness.tuning.search import Search
from brownout.harness.tuning.space import Space

LOW, HIGH = 0.5, 60.0
CLIENT = """
name: restarted
timeouts: {connect: 60s, read: {tune: 500ms..60s}}
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
    "heavy tail": (0.0, 0.001, 40.0),
    "heavy tail, a restart costs": (0.0, 3.0, 40.0),
    "a share hangs": (0.1, 1.0, 4.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_best_read_timeout_is_found(name: str) -> None:
    hang, wait, p95 = CASES[name]
    fault = f"{{kind: no_answer, share: {hang * 100:g}%}}" if hang else "{kind: noop}"
    scenario = loads(SCENARIO.replace("P95", f"{p95}s").replace("FAULT", fault), Scenario)
    space = Space.of(parse(CLIENT.replace("WAIT", f"{wait * 1000:g}ms")))
    stage = Stage([scenario], Goal.parse("rmst"), Kept())
    found = Search(space, stage, seeds=8, batches=8).run()
    [tau] = best(found.finalists(8))
    mean = expected(hang, wait, p95)
    least = min(mean(LOW * exp(i / 200 * log(HIGH / LOW))) for i in range(201))
    assert mean(tau) <= 1.02 * least
    assert mean(HIGH) > 1.1 * least  # that it matters
