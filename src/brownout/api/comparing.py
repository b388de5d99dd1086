"""Playing clients through scenarios: which holds, and whether objectives do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from brownout.harness.frames import RUN_FILE, Results
from brownout.harness.plan import Plan, default_backend
from brownout.harness.program import Contestant
from brownout.harness.results import Backend
from brownout.harness.run import run as run_plan
from brownout.harness.scenario import Scenario
from brownout.harness.store import FILE_NAME, Store
from brownout.harness.workers import given

from .arguments import Named, contestant_of, each_of, scenario_of


def compare(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Contestant],
    *,
    seeds: int | Iterable[int] = 10,
    backend: Backend | None = None,
    time_scale: float = 1.0,
    sample: float = 1.0,
    workers: int = 1,
    cluster: str | Executor | None = None,
    weights: Mapping[str, float] | None = None,
    ablate: str = "",
    gate: str = "",
    lean: bool = False,
    records: Named | None = None,
    folder: Named | None = None,
    resume: bool = False,
) -> Results:
    """Play every client through every scenario under every seed, and rank the clients.

    `clients`: names, files, clients, or code of your own by `module:name`; a program in any language by `command`.
    `backend`: by default the quickest that can play all of them: the simulator, for code virtual time, for commands the
    wire. `seeds`: how many, from 1, or which. `time_scale`: how many seconds of a scenario pass in one, on the wire.
    `sample`: the share of clients, traffic and service to play, above 0 and at most 1. `workers`: processes; with more
    than one, or code of your own, a script needs its `if __name__ == "__main__":`. `cluster`: what plays instead of
    them, the address of a Dask scheduler such as `tcp://host:8786`, or an executor of your own whose workers are
    processes; Brownout has to be installed there. `weights`: of scenarios by name, 1 where not given. `ablate`: a
    client that is also played with one layer left out at a time. `gate`: a client that no other may be surely better
    than. `lean`: keep counts, histograms and a sample of the calls of each run, so that memory does not grow with their
    number; for the simulator. `records`: a folder to which every call and HTTP request is written as Parquet.
    `folder`: where `run.json` and every finished run are kept, to go on from there with `resume`.

    Raises `ValueError` for what does not go together, `harness.scoring.Unplayable` for a scenario that cannot mean what
    it says, `harness.importing.NotFound` for code, `harness.workers.WorkersDied` for runs that kill whatever plays
    them, once all others are kept, `harness.workers.ClusterError`, `harness.record_files.RecordsError`, and as
    `scenario` does for files.
    """
    plan = _planned(scenarios, clients, seeds, backend, time_scale, sample, workers, lean, records)
    plan = replace(plan, weights=dict(weights or {}), ablate=ablate, gate=gate)
    return _play(plan, folder, resume, cluster)


def run(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Contestant],
    *,
    seeds: int | Iterable[int] = 10,
    backend: Backend | None = None,
    time_scale: float = 1.0,
    sample: float = 1.0,
    workers: int = 1,
    cluster: str | Executor | None = None,
    lean: bool = False,
    records: Named | None = None,
    folder: Named | None = None,
    resume: bool = False,
) -> Results:
    """The same, to hold the scenarios' objectives against it: they are in `Results.file.objectives`."""
    plan = _planned(scenarios, clients, seeds, backend, time_scale, sample, workers, lean, records)
    return _play(replace(plan, kind="objectives"), folder, resume, cluster)


def _planned(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Contestant],
    seeds: int | Iterable[int],
    backend: Backend | None,
    time_scale: float,
    sample: float,
    workers: int,
    lean: bool,
    records: Named | None,
) -> Plan:
    contestants = each_of(clients, contestant_of)
    return Plan(
        each_of(scenarios, scenario_of),
        contestants,
        _numbers(seeds),
        backend or default_backend(source.value for source in contestants),
        time_scale,
        sample,
        workers,
        is_lean=lean,
        records=None if records is None else Path(records),
    )


def _play(plan: Plan, folder: Named | None, resume: bool, cluster: str | Executor | None) -> Results:
    if resume and folder is None:
        raise ValueError("resume: goes on from a folder, and there is none")
    plan.check()
    with ExitStack() as stack:
        executor, store = stack.enter_context(given(cluster)), None
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
            store = stack.enter_context(Store(Path(folder) / FILE_NAME, is_new=not resume))
        results = run_plan(plan, store, executor=executor)
    if folder is not None:
        results.file.save(Path(folder) / RUN_FILE)
    return results


def _numbers(seeds: int | Iterable[int]) -> Sequence[int]:
    return range(1, seeds + 1) if isinstance(seeds, int) else list(seeds)
