"""Plays candidates: one run for each scenario and seed, and of each only what the goal needs; what was played is kept,
so that a search that was interrupted goes on from there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from ..cells import Job
from ..client import Client
from ..metrics import Absent, Observed, metric
from ..scenario import Scenario
from ..workers import end_with_parent
from .goal import Goal


class Run(NamedTuple):
    """One run of one candidate. Metrics in base units; None where one has no meaning."""

    values: dict[str, float | None]
    calls: int
    """That were simulated, those of the same run without faults included."""


def play(job: Job, names: tuple[str, ...], needs_twin: bool) -> Run:
    """In whatever process."""
    seen = job.observe() if needs_twin else Observed(job.scenario, job.client, job.seed, job.play())
    found = {name: metric(name).of(seen) for name in names}
    values = {name: None if isinstance(value, Absent) else value for name, value in found.items()}
    return Run(values, len(seen.ledger.calls) + (len(seen.twin.calls) if seen.twin is not None else 0))


class Kept:
    """Runs by their keys, a line of JSON each: a line that a kill has cut off is played again."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._runs: dict[str, Run] = {}
        if path is not None and path.exists():
            text = path.read_text(encoding="utf-8", errors="replace")
            if not text.endswith("\n"):
                path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
            for line in text.splitlines():
                try:
                    key, values, calls = json.loads(line)
                    self._runs[key] = Run(values, calls)
                except ValueError:
                    continue

    def get(self, key: str) -> Run | None:
        return self._runs.get(key)

    def add(self, runs: Iterable[tuple[str, Run]]) -> None:
        lines = []
        for key, run in runs:
            self._runs[key] = run
            lines.append(json.dumps([key, run.values, run.calls]))
        if self._path is not None and lines:
            with self._path.open("a", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")


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
        self._kept = kept
        self._executor = executor
        self._losses: dict[tuple[str, int], float] = {}

    def losses(self, candidates: Sequence[tuple[str, Client, Sequence[int]]]) -> list[list[float]]:
        """Of each candidate (a key, the client, the seeds) the loss under each seed, over all scenarios."""
        wanted = {
            (key, seed): [Job(scenario, client, self._before_first + seed, "sim", 1.0) for scenario in self.scenarios]
            for key, client, seeds in candidates
            for seed in seeds
            if (key, seed) not in self._losses
        }
        runs = iter(self._play([job for jobs in wanted.values() for job in jobs]))
        for which, jobs in wanted.items():
            found = [(job.scenario.name, next(runs)) for job in jobs]
            self.calls += sum(run.calls for _, run in found)
            self._losses[which] = self.goal.weighed([(name, self._loss(run)) for name, run in found])
        return [[self._losses[key, seed] for seed in seeds] for key, _, seeds in candidates]

    def probe(self, client: Client) -> list[Observed]:
        """One run of each scenario with all that was recorded, under the first seed: here, and not kept."""
        jobs = [Job(scenario, client, self._before_first + 1, "sim", 1.0) for scenario in self.scenarios]
        runs = [Observed(job.scenario, job.client, job.seed, job.play()) for job in jobs]
        self.calls += sum(len(run.ledger.calls) for run in runs)
        return runs

    def verified(self, client: Client, seed: int) -> tuple[float, float]:
        """The loss of one run as the simulator has it, and as the real SDK has it in virtual time."""
        found = []
        for backend in ("sim", "virtual"):
            jobs = [Job(scenario, client, seed, backend, 1.0) for scenario in self.scenarios]
            runs = zip(jobs, self._play(jobs), strict=True)
            found.append(self.goal.weighed([(job.scenario.name, self._loss(run)) for job, run in runs]))
        simulated, played = found
        return simulated, played

    def _loss(self, run: Run) -> float:
        if missing := [name for name, value in run.values.items() if value is None]:
            raise ValueError(f"{missing[0]} has no meaning in one of the scenarios, and cannot be a goal there")
        return self.goal.loss({name: value for name, value in run.values.items() if value is not None})

    def _play(self, jobs: Sequence[Job]) -> list[Run]:
        keys = [job.key for job in jobs]
        left = [i for i, key in enumerate(keys) if self._kept.get(key) is None]
        names, twin = self.goal.names, self.goal.needs_twin
        chosen = [jobs[i] for i in left]
        if self._executor is None:
            played: Iterable[Run] = (play(job, names, twin) for job in chosen)
        else:
            count = len(chosen)
            played = self._executor.map(play, chosen, [names] * count, [twin] * count)
        for i, run in zip(left, played, strict=True):
            self._kept.add([(keys[i], run)])
        found = [self._kept.get(key) for key in keys]
        return [run for run in found if run is not None]


@contextmanager
def processes(workers: int) -> Iterator[Executor | None]:
    """So many; None for one, which is this."""
    if workers <= 1:
        yield None
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=end_with_parent) as pool:
        yield pool
