"""`--explain CALL`: one call's story, under the first seed, in each scenario with each client."""

from __future__ import annotations

import click

from brownout.harness.explaining import NoSuchCall, find, story, title
from brownout.harness.plan import Plan
from brownout.harness.scoring import Unplayable


def explain(plan: Plan, which: str) -> None:
    """Prints it. Raises a usage error for a call that there is not."""
    try:
        jobs = [job for job in plan.jobs() if job.seed == plan.seeds[0]]
    except Unplayable as error:
        raise click.ClickException(str(error)) from None
    for job in jobs:
        seen = job.observe()
        try:
            call = find(seen, which)
        except NoSuchCall as error:
            raise click.UsageError(str(error)) from None
        click.echo(title(seen, call))
        for line in story(seen, call):
            click.echo(f"{line.at:10.3f}  {line.what}")
        click.echo()
