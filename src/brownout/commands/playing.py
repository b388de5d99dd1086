"""What `run` and `compare` have in common: options to a plan, the run with its store and progress, the report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import click

from brownout.harness.frames import Results
from brownout.harness.plan import Plan, default_backend
from brownout.harness.record_files import RecordsError
from brownout.harness.results import Backend, RunFile
from brownout.harness.run import run
from brownout.harness.scoring import Unplayable
from brownout.harness.scoring.changed import nothing_seen, sees_nothing
from brownout.harness.store import FILE_NAME, Store, StoreError, unfinished
from brownout.harness.workers import ClusterError, WorkersDied, given
from brownout.reports.report import Report
from brownout.reports.write import check

from . import again, gating, usual
from .annotations import annotate_results
from .loading import check_available, load
from .progress import progress
from .writing import CannotWrite, rendering, tell_report, try_out, write_report

QUICK = 0.1
"""The share of the traffic that --quick takes."""


class CannotRun(click.ClickException):
    """A scenario that could not be run."""

    exit_code = 1


class Missed(click.exceptions.Exit):
    """An objective or a gate was missed."""

    def __init__(self) -> None:
        super().__init__(99)


class NothingRan(click.ClickException):
    """There was nothing to run, or nothing to decide. Never green."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Options:
    """The options that both commands have."""

    scenarios: tuple[str, ...]
    clients: tuple[str, ...]
    commands: tuple[str, ...]
    backend: Backend | None
    seeds: int
    first_seed: int
    scale: float
    sample: float | None
    quick: bool
    workers: int | None
    cluster: str | None
    out: Path
    resume: bool
    explain: str | None
    baseline: Path | None
    fail_if: tuple[str, ...]
    update_baseline: bool
    formats: tuple[str, ...]
    lean: bool
    records: Path | None

    @property
    def share(self) -> float:
        """Of the traffic."""
        return self.sample or (QUICK if self.quick else 1.0)


def planned(
    options: Options,
    kind: Literal["comparison", "objectives"],
    *,
    gate: str = "",
    ablate: str = "",
    weights: Sequence[tuple[str, float]] = (),
) -> Plan:
    """Raises click's usage errors, with exit code 2, for what does not go together."""
    if options.quick and options.sample is not None:
        raise click.UsageError(f"--quick is --sample {QUICK:.0%}: give one of them")
    scenarios, clients = load(options.scenarios, options.clients, options.commands)
    if options.lean and options.explain is not None:
        raise click.UsageError("--explain needs every record of a run: leave out --lean")
    backend = options.backend or default_backend(source.value for source in clients)
    check_available(scenarios, backend)
    if backend != "wire" and options.scale != 1.0:
        raise click.UsageError("--time-scale is for --backend wire: virtual and simulated time cost nothing")
    plan = Plan(
        scenarios,
        clients,
        range(options.first_seed, options.first_seed + options.seeds),
        backend,
        options.scale,
        options.share,
        options.workers or cores(),
        dict(weights),
        ablate,
        gate,
        kind,
        is_lean=options.lean,
        records=options.records,
    )
    try:
        plan.check()
    except ValueError as error:
        raise click.UsageError(f"--{error}") from None
    if plan.large and plan.backend == "sim" and not plan.is_lean:
        name, calls = max(plan.large.items(), key=lambda item: item[1])
        click.echo(f"A run of {name} has about {calls:,.0f} calls, at 2 kB of memory each: see --lean.", err=True)
    return replace(plan, command=again.command(plan) + gating.words(options.baseline, options.fail_if))


def play(
    plan: Plan,
    out: Path,
    *,
    resume: bool,
    formats: Iterable[str],
    title: str = "Playing",
    baseline: gating.AgainstBaseline | None = None,
    cluster: str | None = None,
) -> Results:
    """Run it, hold it against the baseline, print the report, write the files."""
    formats = list(dict.fromkeys(formats))
    with rendering():
        check(formats)
    try_out(out)
    if plan.records is not None:
        try_out(plan.records)
    with reached(cluster) as executor:  # before anything is dropped
        dropped = "" if resume else _dropped(plan, out)
        try:
            with Store(out / FILE_NAME, is_new=not resume) as store:
                if dropped:
                    click.echo(dropped, err=True)
                results = run_plan(plan, title, store, out, formats, executor)
                store.once("finished", "yes")
        except (StoreError, RecordsError) as error:
            raise CannotWrite(str(error)) from None
    if baseline is not None:
        results.file = baseline.judged(results.file)
    results.file = results.file.mended()
    report = Report(results.file)
    tell_report(report)
    write_report(report, out, formats)
    if baseline is not None:
        baseline.keep(results.file)
    annotate_results(results.file)
    return results


def _dropped(plan: Plan, out: Path) -> str:
    """What a new run has to say of those that an interrupted one has left."""
    left = unfinished(out / FILE_NAME)
    try:
        return again.dropped(plan, left) if left else ""
    except Unplayable as error:
        raise CannotRun(str(error)) from None


def play_given(plan: Plan, options: Options, baseline: gating.AgainstBaseline | None) -> RunFile:
    """The same by the options that both commands have."""
    return play(
        plan,
        options.out,
        resume=options.resume,
        formats=options.formats,
        baseline=baseline,
        cluster=options.cluster,
    ).file


def against_baseline(options: Options, plan: Plan) -> gating.AgainstBaseline | None:
    """What the run is held against; read before anything is played. Raises what `gating.against_baseline` does."""
    return gating.against_baseline(options.baseline, options.fail_if, options.update_baseline, plan, options.out)


def check_compared(baseline: gating.AgainstBaseline | None, found: RunFile) -> None:
    """Raises `NothingRan` where there is a baseline, and nothing of it could be compared, or nothing be seen."""
    if baseline is None or baseline.before is None:
        return
    if not found.changes:
        raise NothingRan(f"nothing could be compared with {baseline.path}: nothing was decided; the notes say why")
    if sees_nothing(found.changes):
        raise NothingRan(f"nothing was decided against {baseline.path}: {nothing_seen(found.changes)}")


@contextmanager
def reached(cluster: str | None) -> Iterator[Executor | None]:
    """What to play on, if not on this machine. Raises a usage error for a cluster that cannot be used."""
    with ExitStack() as stack:
        try:
            executor = stack.enter_context(given(cluster))
        except ClusterError as error:
            raise click.UsageError(f"--cluster {error}") from None
        yield executor


def run_plan(
    plan: Plan,
    title: str,
    store: Store | None = None,
    out: Path | None = None,
    formats: Sequence[str] = usual.FORMATS,
    executor: Executor | None = None,
) -> Results:
    """Run with a progress bar; a scenario that means nothing ends with exit code 1. `out` and `formats` are for the
    command that goes on from where it was interrupted."""
    done = 0
    try:
        with progress(title, plan.size) as step:

            def count(finished: int) -> None:
                nonlocal done
                done = finished
                step(finished)

            return run(plan, store, count, executor)
    except Unplayable as error:
        raise CannotRun(str(error)) from None
    except WorkersDied as error:
        raise CannotRun(f"{error}{again.alone(plan, error.jobs)}{again.rest(plan, out, formats, done)}") from None
    except ClusterError as error:
        raise CannotRun(f"{error}{again.rest(plan, out, formats, done)}") from None
    except KeyboardInterrupt:
        if store is not None:  # it may have come after a cell was kept and before it was counted
            done = sum(job.key in store for job in plan.jobs())
        click.echo(again.rest(plan, out, formats, done), nl=False, err=True)
        raise


def cores() -> int:
    """How many processes are of use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
