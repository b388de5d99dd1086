"""How many simulated calls a search takes until the best it has is within 2% of the best there is.

Ours races candidates under common seeds. Beside it are Optuna's TPE as it comes and a random search, which play every
candidate in full, each under seeds of its own. What a candidate is worth in truth is its mean under many other seeds,
and the best there is the best of a fine grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

import optuna
from run import Different, Results, main, spread

from brownout.harness.files import loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage
from brownout.harness.tuning.racing import best, mean
from brownout.harness.tuning.search import Found, Search
from brownout.harness.tuning.space import Point, Space

SPACE = Space.of(
    parse("""
name: searched
timeouts: {read: {tune: 1s..60s}}
layers:
  - deadline: {total: 30s}
  - retry: {retries: {tune: 0..6}, backoff: {base: {tune: 100ms..10s}, jitter: full}, on: [timeout, overloaded]}
  - sdk: {max_retries: 0}
""")
)
SCENARIO = loads(
    """
name: hangs-and-overload
workload:
  clients: 10
  arrivals: {kind: poisson, rate: 4/s}
  calls: {deadline: 30s, output_tokens: {median: 200, p95: 800}}
server: {latency: {profile: sonnet}}
timeline: [{for: 30s, faults: [{kind: no_answer, share: 10%}, {kind: overload, share: 15%}]}]
""",
    Scenario,
)
SEEDS = 16
WITHIN = 1.02
GOAL = Goal.parse("par2")
TRUTH = 10_000
"""Before the first of the seeds that say what a candidate is worth."""
MOST = 200
"""Candidates after which a search has failed."""


@cache
def worth(point: Point) -> float:
    """In truth."""
    stage = Stage([SCENARIO], GOAL, Kept(), before_first=TRUTH)
    [losses] = stage.losses([("", SPACE.client(point), range(1, 2 * SEEDS + 1))])
    return mean(losses)


def least(steps: int) -> float:
    """Of a grid."""
    read, _, base = SPACE.parameters
    shares = [i / (steps - 1) for i in range(steps)]
    grid = product({read.at_share(s) for s in shares}, range(2, 7, 2), {base.at_share(s) for s in shares[::2]})
    return min(worth((one, float(two), three)) for one, two, three in grid)


class _Reached(Exception):
    """There is nothing more to be counted."""


def ours(seed: int, target: float) -> int:
    """Simulated calls until the record is good enough."""
    stage = Stage([SCENARIO], GOAL, Kept(), before_first=1000 * seed)

    def check(found: Found) -> None:
        if worth(best(found.finalists(SEEDS))) <= target:
            raise _Reached

    search = Search(SPACE, stage, seeds=SEEDS, batches=MOST // 8, seed=seed)
    try:
        search.run(progress=check)
    except _Reached:
        return stage.calls
    return 2 * stage.calls  # it had given up: at least as much again


def plain(sampler: Callable[[int], optuna.samplers.BaseSampler], seed: int, target: float) -> int:
    """The same of a sampler alone."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=sampler(seed))
    seen: dict[Point, float] = {}
    calls = 0
    for number in range(MOST):
        trial = study.ask()
        point = SPACE.rounded(list(_suggested(trial)))
        stage = Stage([SCENARIO], GOAL, Kept(), before_first=1000 * seed + SEEDS * number)
        [losses] = stage.losses([("", SPACE.client(point), range(1, SEEDS + 1))])
        calls += stage.calls
        study.tell(trial, mean(losses))
        seen[point] = mean(losses)
        if worth(min(seen, key=lambda each: seen[each])) <= target:
            return calls
    return calls


def _suggested(trial: optuna.Trial) -> Iterator[float]:
    for parameter in SPACE.parameters:
        if parameter.kind == "count":
            yield float(trial.suggest_int(parameter.name, int(parameter.low), int(parameter.high)))
        else:
            yield trial.suggest_float(parameter.name, parameter.low, parameter.high, log=parameter.is_log)


def measure(is_quick: bool) -> Results:
    """Ratios of calls. Raises Different if a random search finds the best at once, so that nothing is told."""
    target = WITHIN * least(3 if is_quick else 9)
    found = {"ours": list[float](), "tpe": list[float](), "random": list[float]()}
    for seed in range(1, 2 if is_quick else 21):
        found["ours"].append(ours(seed, target))
        found["tpe"].append(plain(lambda s: optuna.samplers.TPESampler(seed=s), seed, target))
        found["random"].append(plain(lambda s: optuna.samplers.RandomSampler(seed=s), seed, target))
    if not is_quick and max(found["random"]) == min(found["random"]):
        raise Different("every random search took as long as every other")
    middle = {name: spread(calls) for name, calls in found.items()}
    return {
        "tune.calls_vs_tpe": _over(found["ours"], middle["tpe"]["median"]) | {"at_most": 0.5},
        "tune.calls_vs_random": _over(found["ours"], middle["random"]["median"]),
        **{f"tune.calls.{name}": figure for name, figure in middle.items()},
    }


def _over(calls: list[float], median: float) -> dict[str, float]:
    return spread([each / median for each in calls])


if __name__ == "__main__":
    main(measure)
