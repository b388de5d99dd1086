"""`brownout compare`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from brownout.fakes.units import format_share
from brownout.harness.compare import Plan
from brownout.harness.compare import compare as play
from brownout.harness.results import Backend, RunFile
from brownout.harness.scoring import Unplayable
from brownout.reports.document import document
from brownout.reports.formats import console
from brownout.reports.write import write

from .loading import load
from .progress import progress
from .writing import try_out, writing


class CannotRun(click.ClickException):
    """A scenario that could not be run."""

    exit_code = 1


def compare(
    scenarios: tuple[str, ...],
    clients: tuple[str, ...],
    backend: Backend,
    seeds: int,
    first_seed: int,
    scale: float,
    sample: float,
    workers: int | None,
    out: Path,
) -> None:
    """Run it, print the table, write the files."""
    if backend == "sim" and scale != 1.0:
        raise click.UsageError("--time-scale is for --backend wire: the simulator's time costs nothing")
    incidents, contestants = load(scenarios, clients)
    try_out(out)
    words = ["brownout", "compare"]
    for flag, sources in (("-s", incidents), ("-c", contestants)):
        for source in sources:
            words += [flag, source.named]
    words += ["--backend", backend, "--seeds", str(seeds), "--first-seed", str(first_seed)]
    words += ["--time-scale", str(scale).removesuffix(".0")] if backend == "wire" else []
    words += ["--sample", format_share(sample)] if sample != 1.0 else []
    plan = Plan(
        incidents,
        contestants,
        range(first_seed, first_seed + seeds),
        backend,
        scale,
        sample,
        workers or cores(),
        shlex.join(words),
    )
    run = run_plan(plan, "Playing")
    click.echo(console.render(document(run)))
    with writing(out):
        written = write(run, out)
    for path in written:
        click.echo(f"Wrote {path}")


def run_plan(plan: Plan, title: str) -> RunFile:
    """Run with a progress bar; a scenario that means nothing ends with exit code 1."""
    try:
        with progress(title, plan.size) as step:
            return play(plan, step)
    except Unplayable as error:
        raise CannotRun(str(error)) from None


def cores() -> int:
    """How many processes are of use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
