"""Runs a plan: files in, results out. Finished cells are kept as they finish, so that a run can go on later."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import closing
from datetime import UTC, datetime

from . import scoring, workers
from .cells import Job
from .environment import environment
from .fleet import Fleet
from .frames import Results
from .metrics.samples import RELATIVE_ERROR
from .plan import Plan
from .program import Command
from .record_files import RecordsError
from .results import RunFile
from .scoring.played import check_called
from .store import Played, Store


def run(
    plan: Plan,
    store: Store | None = None,
    progress: Callable[[int], None] = lambda done: None,
    executor: Executor | None = None,
) -> Results:
    """Run every cell that the store does not have yet, over the executor or the plan's processes, and score all of
    them.

    Raises `scoring.Unplayable` when a scenario cannot mean what it says, `workers.WorkersDied` for cells that cannot be
    played, once all others are in the store, `workers.ClusterError`, `store.StoreError`, `record_files.RecordsError`.
    """
    created = datetime.now(UTC).isoformat(timespec="seconds")  # the only time of day in the file
    if store is not None:
        created = store.once("created", created)
    played = _played(plan, store, progress, executor)
    for cell in (each.cell for each in played):
        check_called(cell.scenario, cell.seed, cell.calls)
    return Results(_scored(plan, played, created), played)


def _played(
    plan: Plan, store: Store | None, progress: Callable[[int], None], executor: Executor | None
) -> list[Played]:
    jobs = plan.jobs()
    keys = [job.key for job in jobs]
    found: dict[str, Played] = {}
    if store is not None:
        found = {job.key: kept for job in jobs if _is_written(job) and (kept := store.get(job.key)) is not None}
    progress(len(found))
    left = [job for job, key in zip(jobs, keys, strict=True) if key not in found]
    with closing(workers.run(left, plan.workers, executor)) as finished:  # whatever happens here, no worker goes on
        for job, played in finished:
            if not _is_written(job):
                cell = played.cell
                raise RecordsError(
                    f"the records of {cell.scenario} with {cell.client}, seed {cell.seed}, are not in {job.records}: a "
                    "cluster needs a folder that all its machines share"
                )
            if store is not None:
                store.put(played)
            found[job.key] = played
            progress(len(found))
    return [found[key] for key in keys]


def _is_written(job: Job) -> bool:
    """Whether its records are where they are to be, if they are to be anywhere."""
    return job.files is None or job.files.are_there()


def _scored(plan: Plan, played: list[Played], created: str) -> RunFile:
    scenarios = [scenario.name for scenario in plan.played_scenarios]
    contestants = [source.value.name for source in plan.clients]
    everybody = [client.name for client in plan.players]
    weights = dict(plan.weights)
    judged = {scenario.name: scenario.objectives for scenario in plan.played_scenarios}
    extra = {name: [objective.metric for objective in found] for name, found in judged.items()}
    figures = scoring.Figures(played, scenarios, contestants, weights)
    subjects = plan.subjects()
    rows = scoring.with_members(figures, scoring.drawn(figures, scoring.rows(figures, extra), subjects[0]), *subjects)
    standings = scoring.standings(figures)
    ranked = [standing.client for standing in standings]
    pairs, objectives = scoring.pairs(figures), scoring.judge(rows, judged)
    taken_out = {variant.client.name: variant.left_out for variant in plan.variants}
    return RunFile(
        kind=plan.kind,
        created=created,
        environment=environment(),
        backend=plan.backend,
        time_scale=plan.scale,
        sample=plan.sample,
        lean=plan.is_lean,
        seeds=list(plan.seeds),
        weights=figures.weights,
        scenarios=subjects[0],
        clients=subjects[1],
        verdict=scoring.of_comparison(standings, figures.counted, figures.runs)
        + scoring.provisos(figures, standings, objectives)
        if plan.kind == "comparison"
        else scoring.of_objectives(objectives, figures.runs),
        gate=scoring.gate(figures, pairs, plan.gate) if plan.gate else None,
        objectives=objectives,
        standings=standings,
        pairs=pairs,
        layers=scoring.layers(scoring.Figures(played, scenarios, everybody, weights), plan.ablate, taken_out),
        rows=rows,
        waterfalls=[each for played_one in subjects[0] for each in scoring.waterfalls(figures, played_one, ranked)],
        notes=[
            *scoring.check_played(rows),
            *_closed(plan),
            *scoring.few_seeds(len(plan.clients), len(plan.seeds)),
            *_left_out(plan),
            *_by_command(plan),
            *_on_the_wire(plan, played),
            *_lean(plan, played),
        ],
        cells=[each.cell for each in played],
        command=plan.command,
    )


def _closed(plan: Plan) -> list[str]:
    """Whether how much is called depends on who is called."""
    closed = [s.name for s in plan.played_scenarios if not s.workload.is_open]
    if not closed or len(plan.players) < 2:
        return []
    return [
        f"{', '.join(closed)}: arrivals are closed, so a client that waits longer calls less often, and less in "
        "trouble. Figures per call are then not of the same calls; open arrivals compare fairly."
    ]


def _left_out(plan: Plan) -> list[str]:
    """Layers whose worth is not known."""
    return [
        f"{plan.ablate} without its {variant.left_out} was not played: under its default timeouts the SDK refuses "
        "calls of such length without streaming."
        for variant in plan.unplayable
    ]


def _by_command(plan: Plan) -> list[str]:
    """What is not known of programs that are commands."""
    names = [client.name for client in plan.players if isinstance(client, Command)]
    if not names:
        return []
    return [
        f"{', '.join(names)}: known to the fake by the n-th request of each call, so that common random numbers are "
        "approximate: two requests side by side may have met each other's faults. Its connections that were kept out "
        "are taken to be one a call, its waits and the reasons for which it left are not known, and there is no twin "
        "without faults."
    ]


def _lean(plan: Plan, played: list[Played]) -> list[str]:
    """What is not of all calls."""
    kept = [each.cell for each in played if each.cell.kept is not None]
    if not kept:
        return []
    calls, sample = (sum(getattr(cell, of) or 0 for cell in kept) for of in ("calls", "kept"))
    note = f"Lean: figures are of all calls; quantiles may be up to {RELATIVE_ERROR:.1%} too large."
    if sample < calls:
        note += f" Calls that are shown one by one come from a sample of {sample:,} of {calls:,}."
        if any(isinstance(client, Fleet) for client in plan.players):
            note += " So do the figures of a fleet's members."
    return [note]


def _on_the_wire(plan: Plan, played: list[Played]) -> list[str]:
    """What a wire run has to say about its clock."""
    if plan.backend != "wire":
        return []
    lateness = max(each.cell.lateness for each in played)
    notes = [
        f"Real sockets, {len(plan.seeds)} seed(s): in 19 requests of 20 the fake was late by at most "
        f"{lateness * 1000 / plan.scale:.0f} ms of real time ({lateness:.2f} s of the scenario)."
    ]
    if plan.scale != 1.0:
        notes.append(
            f"Every duration was divided by {plan.scale:g}, the SDK's back-off too. Not scaled: the processor time of"
            " the SDK and the fake, loopback's own latency, and the rate-limit reset headers, which have whole seconds."
        )
    return notes
