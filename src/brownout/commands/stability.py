"""`brownout stability`: up to which load a client lets a service come back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from brownout.fakes.units import format_share
from brownout.harness.files import FileError
from brownout.harness.plan import Plan
from brownout.harness.scoring import Unplayable
from brownout.harness.sources import client_document
from brownout.harness.stability.study import study
from brownout.harness.store import FILE_NAME, Store, StoreError
from brownout.harness.workers import WorkersDied
from brownout.reports.report import Report
from brownout.reports.write import check

from .loading import load
from .playing import CannotRun, cores
from .writing import CannotWrite, rendering, tell_report, try_out, write_report


def stability(
    scenarios: Sequence[str],
    clients: Sequence[str],
    by: Sequence[str],
    seeds: int,
    sample: float | None,
    workers: int | None,
    out: Path,
    formats: Sequence[str],
) -> None:
    """Exits 0 once it ran, 2 for files and options that make no sense."""
    plan = Plan(
        *load(scenarios, clients, ()),
        range(1, seeds + 1),
        sample=sample or 1.0,
        workers=workers or cores(),
        command=_command(scenarios, clients, by, seeds, sample),
    )
    formats = list(dict.fromkeys(formats))
    with rendering():
        check(formats)
    try_out(out)
    try:
        documents = [client_document(source.named) for source in plan.clients]
        with Store(out / FILE_NAME, is_new=True) as store:
            results = study(plan, documents, by or ("trouble",), store=store, progress=_tell)
    except StoreError as error:
        raise CannotWrite(str(error)) from None
    except (Unplayable, WorkersDied) as error:
        raise CannotRun(str(error)) from None
    except (FileError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    report = Report(results.file.mended())
    tell_report(report)
    write_report(report, out, formats)


def _tell(what: str) -> None:
    click.echo(f"Playing {what}", err=True)


def _command(
    scenarios: Sequence[str], clients: Sequence[str], by: Sequence[str], seeds: int, sample: float | None
) -> str:
    words = ["brownout", "stability"]
    words += [word for name in scenarios for word in ("-s", name)]
    words += [word for name in clients for word in ("-c", name)]
    words += [word for each in by for word in ("--by", each)]
    words += ["--seeds", str(seeds)] + (["--sample", format_share(sample)] if sample is not None else [])
    return shlex.join(words)
