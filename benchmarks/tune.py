"""How many simulated calls a search takes until the best it has is nearly the best there is.

Ours races candidates under common seeds, guesses among them. Beside it are Optuna's TPE as it comes and a random
search, which play every candidate in full, each under seeds of its own. Of two problems the easy one has three values,
of which a wide range will do, and is searched until the record is within 2%. The hard one has six, a choice of layers
among them, that depend on each other; its runs are small, and it is searched until the record is within 5%.

What a candidate is worth in truth is its mean under many other seeds, and the best there is the best of long searches
under these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import optuna
from run import Different, Results, main, spread

from brownout.harness.files import FileError, loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.guessing import guesses
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage
from brownout.harness.tuning.racing import best, is_worse, mean, rungs
from brownout.harness.tuning.search import Found, Search
from brownout.harness.tuning.space import Point, Space

EASY = """
name: searched
timeouts: {read: {tune: 1s..60s}}
layers:
  - deadline: {total: 30s}
  - retry: {retries: {tune: 0..6}, backoff: {base: {tune: 100ms..10s}, jitter: full}, on: [timeout, overloaded]}
  - sdk: {max_retries: 0}
"""
HARD = """
name: searched
timeouts: {read: {tune: 1s..60s}}
layers:
  - deadline: {total: 30s}
  - tune:
      - breaker: {failures: 3, open_for: 10s}
      - breaker: {failures: 10, open_for: 2s}
      - concurrency: {limit: 2}
      - throttle: {k: 2}
  - retry:
      retries: {tune: 0..8}
      backoff: {base: {tune: 50ms..20s}, jitter: {tune: [full, none]}}
      on: [timeout, overloaded]
  - hedge: {after: {tune: 500ms..30s}}
  - sdk: {max_retries: 0}
"""
INCIDENT = """
name: hangs-and-overload
workload:
  clients: 10
  arrivals: {kind: poisson, rate: 4/s}
  calls: {deadline: 30s, output_tokens: {median: 200, p95: 800}}
server: {latency: {profile: sonnet}, capacity: CAPACITY}
timeline: [{for: LASTS, faults: [{kind: no_answer, share: HANGS}, {kind: overload, share: REFUSED}]}]
"""
WIDE = {"CAPACITY": "{slots: 1000}", "LASTS": "30s", "HANGS": "10%", "REFUSED": "15%"}
NARROW = {"CAPACITY": "{slots: 40, queue: 20}", "LASTS": "20s", "HANGS": "15%", "REFUSED": "30%"}
GOAL = Goal.parse("par2")
TRUTH = 10_000
"""Before the first of the seeds that say what a candidate is worth."""


class _Reached(Exception):
    """There is nothing more to be counted."""


@dataclass
class Problem:
    """What is searched."""

    space: Space
    scenario: Scenario
    within: float
    """How much more than the least loss is good enough, as a factor."""
    seeds: int = 16
    truth: int = 32
    """Seeds that say what a candidate is worth."""
    most: int = 60
    """Candidates after which a search has failed, and has taken no longer than that."""
    target: list[float] = field(default_factory=list)
    """The losses of the best there is, under the seeds of the truth."""
    known: dict[Point, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judge = Stage([self.scenario], GOAL, Kept(), before_first=TRUTH)

    def aim(self, searches: int) -> None:
        """Find the best there is."""
        for seed in range(1, searches + 1):
            search = Search(self.space, self.judge, seeds=self.truth, batches=40, seed=TRUTH + seed)
            finalists = search.run(guesses(self.space, self.judge)).finalists(self.truth)
            losses = finalists[best(finalists)]
            if not self.target or mean(losses) < mean(self.target):
                self.target = losses

    def is_good(self, point: Point) -> bool:
        """Whether it is worth nearly as much as the best; who surely is not is not played to the end."""
        if point not in self.known:
            self.known[point] = self._is_good(point)
        return self.known[point]

    def _is_good(self, point: Point) -> bool:
        client = self.space.client(point)
        for seeds in rungs(self.truth)[2:]:
            [losses] = self.judge.losses([(repr(point), client, range(1, seeds + 1))])
            enough = [self.within * loss for loss in self.target[:seeds]]
            if seeds < self.truth and is_worse(losses, enough) and mean(losses) > 1.1 * mean(enough):
                return False
        return mean(losses) <= mean(enough)


def ours(problem: Problem, seed: int) -> int:
    """Simulated calls until the record is good enough."""
    stage = Stage([problem.scenario], GOAL, Kept(), before_first=1000 * seed)

    def check(found: Found) -> None:
        if problem.is_good(best(found.finalists(problem.seeds))):
            raise _Reached

    search = Search(problem.space, stage, seeds=problem.seeds, batches=2 * problem.most // 8, seed=seed)
    try:
        search.run(guesses(problem.space, stage), check)
    except _Reached:
        return stage.calls
    return 2 * stage.calls  # it had given up: at least as much again


def plain(problem: Problem, sampler: optuna.samplers.BaseSampler, seed: int) -> int:
    """The same of a sampler alone."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=sampler)
    seen: dict[Point, float] = {}
    calls = 0
    for number in range(problem.most):
        trial = study.ask()
        point = problem.space.rounded(list(_suggested(problem.space, trial)))
        try:
            client = problem.space.client(point)
        except FileError:
            continue
        stage = Stage([problem.scenario], GOAL, Kept(), before_first=1000 * seed + problem.seeds * number)
        [losses] = stage.losses([("", client, range(1, problem.seeds + 1))])
        calls += stage.calls
        study.tell(trial, mean(losses))
        seen[point] = mean(losses)
        if problem.is_good(min(seen, key=lambda each: seen[each])):
            return calls
    return calls


def _suggested(space: Space, trial: optuna.Trial) -> Iterator[float]:
    for parameter in space.parameters:
        match parameter.kind:
            case "choice":
                yield float(trial.suggest_categorical(parameter.name, range(len(parameter.choices))))
            case "count":
                yield float(trial.suggest_int(parameter.name, int(parameter.low), int(parameter.high)))
            case _:
                yield trial.suggest_float(parameter.name, parameter.low, parameter.high, log=parameter.is_log)


SAMPLERS: dict[str, Callable[[int], optuna.samplers.BaseSampler]] = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
}


def problems() -> dict[str, Problem]:
    """By what stands before their figures."""
    return {
        "tune.easy": Problem(Space.of(parse(EASY)), _incident(WIDE), 1.02),
        "tune": Problem(Space.of(parse(HARD)), _incident(NARROW), 1.05, seeds=8, truth=64),
    }


def _incident(values: dict[str, str]) -> Scenario:
    text = INCIDENT
    for name, value in values.items():
        text = text.replace(name, value)
    return loads(text, Scenario)


def measure(is_quick: bool) -> Results:
    """Ratios of calls. Raises Different if a random search finds the best at once, so that nothing is told."""
    results: Results = {}
    for name, problem in problems().items():
        if is_quick:
            problem.within, problem.truth = 1.5, 8
        problem.aim(1 if is_quick else 4)
        seeds = range(1, 2 if is_quick else 21)
        found = {"ours": [float(ours(problem, seed)) for seed in seeds]}
        for other, sampler in SAMPLERS.items():
            found[other] = [float(plain(problem, sampler(seed), seed)) for seed in seeds]
        if not is_quick and max(found["random"]) == min(found["random"]):
            raise Different("every random search took as long as every other")
        middle = {each: spread(calls) for each, calls in found.items()}
        for other in SAMPLERS:
            results[f"{name}.calls_vs_{other}"] = spread([each / middle[other]["median"] for each in found["ours"]])
        results |= {f"{name}.calls.{each}": figure for each, figure in middle.items()}
    results["tune.calls_vs_tpe"]["at_most"] = 0.5
    return results


if __name__ == "__main__":
    main(measure)
