"""Against an exhaustive grid: hardly worse, for a tenth of its calls."""

from __future__ import annotations

from itertools import product

import pytest

from brownout.harness.files import loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage
from brownout.harness.tuning.racing import best, mean
from brownout.harness.tuning.search import Search
from brownout.harness.tuning.space import Space

SPACE = Space.of(
    parse("""
name: searched
timeouts: {read: {tune: 2s..60s}}
layers:
  - deadline: {total: 60s}
  - retry: {retries: 6, backoff: {base: {tune: 100ms..20s}, jitter: full}, on: [timeout, connection, overloaded]}
  - sdk: {max_retries: 0}
""")
)
WORKLOAD = "{clients: 10, arrivals: {kind: poisson, rate: 2/s}, calls: {deadline: 60s, output_tokens: OUTPUT}}"
INCIDENTS = {
    "hangs": ("200", "[{for: 20s, faults: [{kind: no_answer, share: 15%}]}]"),
    "long answers": ("{median: 800, p95: 2500}", "[{for: 20s, faults: [{kind: no_answer, share: 5%}]}]"),
    "overload": ("200", "[{for: 20s, faults: [{kind: overload, share: 70%, per: {window: 5s}}]}, {for: 10s}]"),
}
SEEDS = 16
STEPS = 12, 9


@pytest.mark.slow
@pytest.mark.parametrize("name", INCIDENTS)
def test_hardly_worse_for_a_tenth_of_the_calls(name: str) -> None:
    output, timeline = INCIDENTS[name]
    workload = WORKLOAD.replace("OUTPUT", output)
    text = f"name: grid\nworkload: {workload}\nserver: {{latency: {{profile: sonnet}}}}\ntimeline: {timeline}"
    scenario = loads(text, Scenario)
    goal = Goal.parse("par2")
    every = Stage([scenario], goal, Kept())
    axes = [[p.at_share(i / (n - 1)) for i in range(n)] for p, n in zip(SPACE.parameters, STEPS, strict=True)]
    seeds = range(1, SEEDS + 1)
    grid = every.losses([(repr(point), SPACE.client(point), seeds) for point in product(*axes)])
    least = min(map(mean, grid))
    stage = Stage([scenario], goal, Kept())
    found = Search(SPACE, stage, seeds=SEEDS, batches=3).run().finalists(SEEDS)
    assert mean(found[best(found)]) <= 1.02 * least
    assert stage.calls <= 0.1 * every.calls
