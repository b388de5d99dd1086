"""`--explain CALL`: one call's story, under the first seed, in each scenario with each client."""

from __future__ import annotations

import click

from brownout.harness.explaining import NoSuchCall, find, story, title
from brownout.harness.plan import Plan
from brownout.harness.scoring import Unplayable
from brownout.harness.scoring.played import check_called
from brownout.harness.workers import WorkersDied, observe

from .playing import CannotRun


def explain(plan: Plan, which: str) -> None:
    """Prints it. Raises a usage error for a call that there is not."""
    try:
        for job in plan.jobs():
            if job.seed != plan.seeds[0]:
                continue
            seen = observe(job)
            check_called(job.scenario.name, job.seed, len(seen.ledger.calls))
            call = find(seen, which)
            click.echo(title(seen, call))
            for line in story(seen, call):
                click.echo(f"{line.at:10.3f}  {line.what}")
            click.echo()
    except (Unplayable, WorkersDied) as error:
        raise CannotRun(str(error)) from None
    except NoSuchCall as error:
        raise click.UsageError(str(error)) from None
