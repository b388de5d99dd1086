"""`brownout tune`: which values of a client file hold best."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from brownout.fakes.units import format_share
from brownout.harness import again
from brownout.harness.client import Client
from brownout.harness.files import FileError
from brownout.harness.latencies.applied import as_logged
from brownout.harness.objectives import ObjectiveError
from brownout.harness.scenario import Scenario
from brownout.harness.scoring import Unplayable
from brownout.harness.sources import Source, UnknownName, client, client_document, scenario
from brownout.harness.store import StoreError
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.opening import opened
from brownout.harness.tuning.result import Tuned
from brownout.harness.tuning.space import Space
from brownout.harness.tuning.tune import save_client
from brownout.harness.tuning.tune import tune as search
from brownout.harness.workers import ClusterError, WorkersDied
from brownout.reports.latencies import LENGTHS, latencies_text
from brownout.reports.report import Report
from brownout.reports.tuned import tuned_text
from brownout.reports.write import check

from .latencies import logged
from .loading import FilesRefused, each
from .playing import CannotRun, cores, reached
from .tuning import telling
from .writing import CannotWrite, rendering, tell, try_out, write_report, writing


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
    columns: tuple[tuple[str, str], ...]
    seeds: int
    batches: int
    seed: int
    sample: float | None
    workers: int | None
    cluster: str | None
    verify: bool
    out: Path
    resume: bool
    formats: tuple[str, ...]


def tune(options: Options) -> None:
    """Ctrl-C gives the best so far. Exits 2 for files and options that make no sense."""
    if options.columns and options.latencies is None:
        raise click.UsageError("--column names a column of --latencies, and there is none")
    space, scenarios, goal, against = _given(options)
    if options.latencies is not None:
        scenarios = _as_logged(options.latencies, options.columns, scenarios)
    formats = list(dict.fromkeys(options.formats))
    with rendering():
        check(formats)
    try_out(options.out)
    try:
        with (
            reached(options.cluster) as executor,
            writing(options.out),
            telling(space, options.batches) as tell_progress,
        ):
            found = search(
                space,
                scenarios,
                goal,
                against=against,
                seeds=options.seeds,
                batches=options.batches,
                seed=options.seed,
                sample=options.sample or 1.0,
                workers=options.workers or cores(),
                folder=options.out,
                resume=options.resume,
                verifies=options.verify,
                command=_command(options),
                progress=tell_progress,
                executor=executor,
            )
    except ImportError:
        raise click.UsageError("tuning needs Optuna: pip install 'brownout[tune]'") from None
    except StoreError as error:
        raise CannotWrite(str(error)) from None
    except Unplayable as error:
        raise CannotRun(str(error)) from None
    except (WorkersDied, ClusterError) as error:
        rest = shlex.join(["--out", str(options.out), "--resume"])
        raise CannotRun(f"{error}\nGo on with: {_command(options)} {rest}") from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if not found.tuning.is_whole:
        click.echo("Interrupted; --resume goes on from here. The best so far:", err=True)
    tell(tuned_text(found.tuning).rstrip("\n"))
    _write(options.out, found, formats)
    if not found.tuning.is_whole:
        raise click.exceptions.Exit(130)


def _given(options: Options) -> tuple[Space, list[Source[Scenario]], Goal, Source[Client] | None]:
    problems: list[str] = []
    scenarios = each(options.scenarios, scenario, problems)
    current = None
    try:
        space = Space.of(opened(client_document(options.client), options.opened))
        if options.against is not None:
            current = client(options.against)
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


def _as_logged(
    path: Path, columns: Iterable[tuple[str, str]], scenarios: list[Source[Scenario]]
) -> list[Source[Scenario]]:
    """With the latency of a log, of which is told what it says."""
    found = logged(path, columns)
    try:
        changed = as_logged(scenarios, found)
    except ValueError as error:
        raise FilesRefused(f"{path}: {error}") from None
    lengths = [*LENGTHS, *(kind.max_tokens for each in scenarios for kind in each.value.workload.kinds)]
    click.echo(latencies_text(found, lengths))
    return changed


def _command(options: Options) -> str:
    """The one that comes to the same."""
    words = ["brownout", "tune", options.client]
    words += [word for value in options.opened for word in ("--open", value)]
    words += [word for name in options.scenarios for word in ("-s", name)]
    words += ["--goal", options.goal]
    words += [word for limit in options.limits for word in ("--limit", limit)]
    words += [word for name, weight in options.weights for word in ("--weight", f"{name}={again.number(weight)}")]
    words += ["--against", options.against] if options.against is not None else []
    words += ["--latencies", str(options.latencies)] if options.latencies is not None else []
    words += [word for field, column in options.columns for word in ("--column", f"{field}={column}")]
    words += ["--seeds", str(options.seeds), "--batches", str(options.batches), "--seed", str(options.seed)]
    words += ["--sample", format_share(options.sample)] if options.sample is not None else []
    return shlex.join(words)


def _write(out: Path, found: Tuned, formats: list[str]) -> None:
    """The client, and the report; of a search that was interrupted the client alone."""
    with writing(out):
        tell(f"Wrote {save_client(found, out)}")
    if found.results is not None:
        write_report(Report(found.results.file.mended()), out, formats)
