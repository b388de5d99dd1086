"""Plays candidates: one run for each scenario and seed, and of each only the metrics that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager

from ..cells import Job
from ..client import Client
from ..metrics import Absent, Observed, metric
from ..part import Estimate
from ..scenario import Scenario
from ..scoring.estimates import estimate
from ..scoring.rows import most
from ..workers import Processes
from .goal import Goal
from .kept import Kept, Run


def play(job: Job, names: tuple[str, ...], needs_twin: bool) -> Run:
    """In whatever process."""
    seen = job.observe() if needs_twin else Observed(job.scenario, job.client, job.seed, job.play())
    found = {name: metric(name).of(seen) for name in names}
    values = {name: None if isinstance(value, Absent) else value for name, value in found.items()}
    return Run(values, len(seen.ledger.calls) + (len(seen.twin.calls) if seen.twin is not None else 0))


class Stage:
    """Where candidates are played. `calls` counts those that were simulated for the search, whether or not they were
    kept from before: the same search costs the same."""

    def __init__(
        self,
        scenarios: Sequence[Scenario],
        goal: Goal,
        kept: Kept,
        executor: Executor | None = None,
        before_first: int = 0,
    ) -> None:
        """`before_first` is added to every seed: another world, for whoever wants to search in several."""
        self._before_first = before_first
        self.scenarios = scenarios
        self.goal = goal
        self.calls = 0
        self.runs = 0
        """That were played or found among those kept."""
        self._kept = kept
        self._executor = executor
        self._seen: dict[tuple[str, int], list[Run]] = {}

    def losses(self, candidates: Sequence[tuple[str, Client, Sequence[int]]]) -> list[list[float]]:
        """Of each candidate (a key, the client, the seeds) the loss under each seed, over all scenarios. Raises
        `ValueError` for a goal that has no meaning in one of them."""
        wanted = {
            (key, seed): [Job(scenario, client, self._before_first + seed, "sim", 1.0) for scenario in self.scenarios]
            for key, client, seeds in candidates
            for seed in seeds
            if (key, seed) not in self._seen
        }
        runs = iter(self._play([job for jobs in wanted.values() for job in jobs]))
        for which, jobs in wanted.items():
            self._seen[which] = [next(runs) for _ in jobs]
            self.calls += sum(run.calls for run in self._seen[which])
        return [self.known(key, seeds) for key, _, seeds in candidates]

    def known(self, key: str, seeds: Sequence[int]) -> list[float]:
        """The losses of a candidate that was played under these seeds."""
        return [self._loss(self._seen[key, seed]) for seed in seeds]

    def has_met(self, key: str, seeds: Sequence[int]) -> bool:
        """Whether a candidate was played under all of these."""
        return all((key, seed) in self._seen for seed in seeds)

    def metrics(self, key: str, seeds: Sequence[int]) -> dict[str, list[float]]:
        """Of a candidate that was played under these seeds: every metric that has a meaning, over the scenarios in
        which it has one."""
        found = {name: [self._metric(name, self._seen[key, seed]) for seed in seeds] for name in self.goal.names}
        return {
            name: [each for each in values if each is not None] for name, values in found.items() if None not in values
        }

    def estimates(self, key: str, seeds: Sequence[int]) -> dict[str, Estimate]:
        """The same, each as its mean with its interval."""
        return {name: estimate(values, most(name)) for name, values in self.metrics(key, seeds).items()}

    def probe(self, client: Client) -> list[Observed]:
        """One run of each scenario with all that was recorded, under the first seed: here, and not kept."""
        jobs = [Job(scenario, client, self._before_first + 1, "sim", 1.0) for scenario in self.scenarios]
        runs = [Observed(job.scenario, job.client, job.seed, job.play()) for job in jobs]
        self.calls += sum(len(run.ledger.calls) for run in runs)
        return runs

    def verified(self, client: Client, seed: int) -> tuple[float, float]:
        """The loss of one run as the simulator has it, and as the real SDK has it in virtual time."""
        simulated, played = (
            self._loss(self._play([Job(scenario, client, seed, backend, 1.0) for scenario in self.scenarios]))
            for backend in ("sim", "virtual")
        )
        return simulated, played

    def _loss(self, runs: Sequence[Run]) -> float:
        """Of one run in each scenario."""
        needed = self.goal.needed
        if missing := [name for name in needed for run in runs if run.values[name] is None]:
            raise ValueError(f"{missing[0]} has no meaning in one of the scenarios, and cannot be a goal there")
        known = ({name: value for name, value in run.values.items() if value is not None} for run in runs)
        names = [scenario.name for scenario in self.scenarios]
        return self.goal.weighed(list(zip(names, map(self.goal.loss, known), strict=True)))

    def _metric(self, name: str, runs: Sequence[Run]) -> float | None:
        figures = zip(self.scenarios, (run.values[name] for run in runs), strict=True)
        known = [(scenario.name, value) for scenario, value in figures if value is not None]
        return self.goal.weighed(known) if any(self.goal.weights.get(each, 1.0) for each, _ in known) else None

    def _play(self, jobs: Sequence[Job]) -> list[Run]:
        names, twin = self.goal.names, self.goal.needs_twin
        keys = [job.key for job in jobs]
        found = [self._kept.get(key, names) for key in keys]
        left = [i for i, run in enumerate(found) if run is None]
        chosen = [jobs[i] for i in left]
        self.runs += len(jobs) - len(chosen)
        if self._executor is None:
            played: Iterable[Run] = (play(job, names, twin) for job in chosen)
        else:
            count = len(chosen)
            played = self._executor.map(play, chosen, [names] * count, [twin] * count)
        for i, run in zip(left, played, strict=True):
            self._kept.add(keys[i], run)
            self.runs += 1
            found[i] = run
        return [run for run in found if run is not None]


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """So many; None for one, which is this."""
    if workers <= 1:
        yield None
        return
    with Processes(workers) as executor:
        yield executor
