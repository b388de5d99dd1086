"""Commands for studies of many runs: what a service comes back from, which alert rules to have, what a guide says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import FORMATS, SAMPLE, WORKERS
from .values import Scale


@click.command()
@click.option("-s", "--scenario", "scenarios", multiple=True, required=True, help="One that is shipped, or a file.")
@click.option("-c", "--client", "clients", multiple=True, required=True, help="One that is shipped, or a file.")
@click.option(
    "--by",
    metavar="NAME=A,B,...",
    multiple=True,
    help="What the rows of the maps are: values of the clients, retry.retries=0,1,2,4.  [default: trouble]",
)
@click.option("--seeds", type=click.IntRange(min=1, max=1000), default=8, show_default=True, help="Worlds.")
@SAMPLE
@WORKERS
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/stability"), show_default=True
)
@FORMATS
def stability(**options: Any) -> None:
    """Find the load up to which a service comes back after an incident, client by client.

    Retries may keep a service down that could do the work. Plays each scenario under several loads, with trouble of
    several lengths, and finds where it turns.
    """
    from brownout.commands.stability import stability as command

    command(**options)


@click.command()
@click.option(
    "-r",
    "--rule",
    "rules",
    multiple=True,
    help="An alert rule that is shipped (see `brownout list`), a file, or a folder of files. May be given more than "
    "once.  [default: all shipped]",
)
@click.option(
    "-s",
    "--scenario",
    "scenarios",
    multiple=True,
    help="One that is shipped, a file, or a folder of files.  [default: the weeks that are shipped for this]",
)
@click.option(
    "-c",
    "--client",
    default="guide-stacked",
    show_default=True,
    help="Whose calls are watched: a client that is shipped, or a file.",
)
@click.option(
    "--false-alarms",
    "wanted",
    type=Scale(),
    default=1.0,
    show_default=True,
    help="As many in 30 days, of all rules together, as you can bear.",
)
@click.option("--seeds", type=click.IntRange(min=1, max=1000), default=3, show_default=True, help="Worlds.")
@click.option("--first-seed", type=int, default=1, show_default=True)
@WORKERS
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/alerts"), show_default=True)
def alerts(**options: Any) -> None:
    """Find which alert rules call somebody in time, and how often for nothing.

    Plays weeks of calls, with sudden trouble, slow trouble and none, shows them to each rule, and says how soon it
    fires, how often it is wrong, whose the trouble is, and which rules to have. What was played is kept in the folder,
    and not played again for other rules.
    """
    from brownout.commands.alerts import alerts as command

    command(**options)


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--theory", is_flag=True, help="The simulator, by what is known of queues and retries; models.")
@click.option("--backends", is_flag=True, help="The simulator, by the real SDK, in virtual time and real; cases.")
@click.option("--alerts", is_flag=True, help="Alert rules, by published run lengths until they fire; their kinds.")
def validate(names: tuple[str, ...], theory: bool, backends: bool, alerts: bool) -> None:
    """Put what a guide says to the test: NAMEs are claims that are shipped, or files.  [default: all that are shipped]

    With an option it is the simulator, or alert rules, that are put to the test, in all cases or those named. Exits 99
    if something is not as stated.
    """
    if theory + backends + alerts > 1:
        raise click.UsageError("--theory, --backends and --alerts: give one of them")
    if theory:
        from brownout.commands.theory import theory as command
    elif backends:
        from brownout.commands.backends import backends as command
    elif alerts:
        from brownout.commands.run_lengths import run_lengths as command
    else:
        from brownout.commands.validate import validate as command

    command(names)
