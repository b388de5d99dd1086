"""How far a search is: a bar with an estimate on a terminal, a line a batch anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from brownout.harness.tuning.racing import best, mean
from brownout.harness.tuning.space import Space
from brownout.harness.tuning.tune import Progress
from brownout.reports import words


@contextmanager
def telling(space: Space, batches: int) -> Iterator[Callable[[Progress], None]]:
    """Yields what is told of every step."""
    if not sys.stderr.isatty():
        yield lambda progress: _line(space, progress)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        *(TextColumn("{task.description}"), BarColumn()),
        *(TimeElapsedColumn(), TextColumn("at most"), TimeRemainingColumn(), TextColumn("more")),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Searching", total=batches)

        def show(progress: Progress) -> None:
            if progress.doing == "searching":
                bar.update(task, completed=progress.found.batches, description=f"Searching: {_best(space, progress)}")
            else:
                bar.update(task, total=None, description=progress.doing.capitalize())

        yield show


def _line(space: Space, progress: Progress) -> None:
    if progress.doing == "searching":
        click.echo(f"batch {progress.found.batches}: {_best(space, progress)}; {progress.runs:,} runs", err=True)
    else:
        click.echo(f"{progress.doing}", err=True)


def _best(space: Space, progress: Progress) -> str:
    losses = progress.found.losses
    most = max(map(len, losses.values()))
    point = best({point: each for point, each in losses.items() if len(each) == most})
    return f"{mean(losses[point]):.4g} by {words.values(space.described(point))}"
