"""`brownout tune`: which values of a client file hold best."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import click

from brownout.harness.client import Client
from brownout.harness.files import FileError
from brownout.harness.latencies.log import read as read_log
from brownout.harness.latencies.model import applied, model
from brownout.harness.metrics import metric
from brownout.harness.objectives import ObjectiveError
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.harness.sources import UnknownName, client, client_document, scenario
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.opening import opened
from brownout.harness.tuning.racing import best, mean
from brownout.harness.tuning.result import Tuned
from brownout.harness.tuning.search import Found
from brownout.harness.tuning.space import Space
from brownout.harness.tuning.tune import tune as search
from brownout.reports.latencies import latencies_text
from brownout.reports.tuned import tuned_text

from .loading import FilesRefused, each
from .playing import cores
from .writing import tell, try_out, writing

RUNS = "tune.jsonl"


@dataclass(frozen=True, slots=True)
class Options:
    """As they were given."""

    client: str
    opened: tuple[str, ...]
    scenarios: tuple[str, ...]
    goal: str
    limits: tuple[str, ...]
    weights: tuple[tuple[str, float], ...]
    against: str | None
    latencies: Path | None
    seeds: int
    batches: int
    seed: int
    sample: float | None
    workers: int | None
    verify: bool
    out: Path
    resume: bool


def tune(options: Options) -> None:
    """Ctrl-C gives the best so far. Exits 2 for files and options that make no sense."""
    space, scenarios, goal, against = _given(options)
    if options.latencies is not None:
        scenarios = _as_logged(options.latencies, scenarios)
    try_out(options.out)
    runs = options.out / RUNS
    if not options.resume:
        runs.unlink(missing_ok=True)
    try:
        found = search(
            space,
            [sampled(each, options.sample or 1.0) for each in scenarios],
            goal,
            against=against,
            seeds=options.seeds,
            batches=options.batches,
            seed=options.seed,
            workers=options.workers or cores(),
            kept=runs,
            verifies=options.verify,
            progress=lambda found: _tell(found, space, options.seeds),
        )
    except ImportError:
        raise click.UsageError("tuning needs Optuna: pip install 'brownout[tune]'") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not found.is_whole:
        click.echo("Interrupted; --resume goes on from here. The best so far:", err=True)
    click.echo(tuned_text(found, goal), nl=False)
    _write(options, found, goal)
    if not found.is_whole:
        raise click.exceptions.Exit(130)


def _given(options: Options) -> tuple[Space, list[Scenario], Goal, Client | None]:
    problems: list[str] = []
    scenarios = [source.value for source in each(options.scenarios, scenario, problems)]
    current = None
    try:
        space = Space.of(opened(client_document(options.client), options.opened))
        if options.against is not None:
            current = client(options.against).value
    except (FileError, UnknownName) as error:
        problems.append(str(error))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if problems:
        raise FilesRefused("\n".join(problems))
    try:
        goal = Goal.parse(options.goal, options.limits, dict(options.weights))
    except (ValueError, ObjectiveError) as error:
        raise click.UsageError(str(error)) from None
    return space, scenarios, goal, current


def _as_logged(path: Path, scenarios: list[Scenario]) -> list[Scenario]:
    """With the latency of a log, of which is told what it says."""
    try:
        found = model(read_log(path))
        changed = [applied(each, found) for each in scenarios]
    except OSError as error:
        raise FilesRefused(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except ValueError as error:
        raise FilesRefused(str(error) if str(error).startswith(str(path)) else f"{path}: {error}") from None
    lengths = sorted({kind.max_tokens for each in scenarios for kind in each.workload.kinds})
    click.echo(latencies_text(found, lengths))
    return changed


def _tell(found: Found, space: Space, seeds: int) -> None:
    point = best(found.finalists(seeds))
    values = ", ".join(f"{name} {value}" for name, value in space.described(point).items())
    loss = mean(found.losses[point])
    click.echo(f"batch {found.batches}: {loss:.4g} by {values}; {found.calls:,} calls", err=True)


def _write(options: Options, found: Tuned, goal: Goal) -> None:
    told = {"goal": goal.metric, "unit": metric(goal.metric).unit, "seeds": options.seeds, **found.plain()}
    files = {
        "client.yaml": found.text,
        "tune.json": json.dumps(told, indent=2, ensure_ascii=False) + "\n",
    }
    with writing(options.out):
        for name, text in files.items():
            (options.out / name).write_text(text, encoding="utf-8")
    for name in files:
        tell(f"Wrote {options.out / name}")
