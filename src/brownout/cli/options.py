"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from ..commands import usual
from .values import Column, Format, Scale, Share

SCENARIO_HELP = (
    "A scenario that is shipped (see `brownout list`), a file, or a folder of files. May be given more than once.  "
    "[default: all shipped]"
)
CLIENT_HELP = (
    "A client configuration that is shipped, a file of one or of a fleet of several (docs/fleets.md), or a function or "
    "class of your own code such as app.llm:ask. May be given more than once."
)

CLUSTER_HELP = (
    "Play on a Dask cluster instead, whose scheduler listens there: tcp://host:8786. Needs brownout[dask], and "
    "Brownout on its workers (docs/sweeps.md)."
)
FORMATS_HELP = (
    "console, csv, html, json, junit, markdown, openmetrics, parquet, png or svg. May be given more than once."
)

WORKERS = click.option(
    "--workers", type=click.IntRange(min=1), default=None, help="Processes. Default: the cores there are."
)
CLUSTER = click.option("--cluster", metavar="ADDRESS", default=None, help=CLUSTER_HELP)
SAMPLE = click.option("--sample", type=Share(), default=None, help="The share of clients, traffic and service to play.")
COLUMNS = click.option(
    "--column",
    "columns",
    type=Column(),
    multiple=True,
    help="A column of the log that has another name than usual: latency=total_ms, latency=total:ms, outcome=state.",
)
FORMATS = click.option(
    "--format",
    "formats",
    type=Format(),
    multiple=True,
    default=usual.FORMATS,
    help=f"What is written there besides run.json: {FORMATS_HELP}  [default: markdown, html]",
)


def played(clients_help: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options of the commands that play scenarios."""
    options = (
        click.option("-s", "--scenario", "scenarios", multiple=True, help=SCENARIO_HELP),
        click.option("-c", "--client", "clients", multiple=True, help=clients_help),
        click.option(
            "--client-command",
            "commands",
            metavar="[NAME=]COMMAND",
            multiple=True,
            help="A program in any language, run once for each call, on the wire: 'node ask.mjs'.",
        ),
        click.option(
            "--backend",
            type=click.Choice(["sim", "virtual", "virtual-blocking", "wire"]),
            default=None,
            help="The simulator; the real SDK, asyncio's or the blocking one, in virtual time; or over real sockets. "
            "[default: sim; virtual for programs, wire for commands]",
        ),
        click.option(
            "--seeds",
            type=click.IntRange(1, 100_000),
            default=10,
            show_default=True,
            help="How many runs of each cell.",
        ),
        click.option("--first-seed", type=click.IntRange(0, 800_000), default=1, show_default=True),
        click.option(
            "--time-scale",
            "scale",
            type=Scale(),
            default=1.0,
            show_default=True,
            help="wire: divide every duration of scenario, client and SDK back-off by this.",
        ),
        click.option(
            "--sample",
            type=Share(),
            help="Take this share of the clients, of their rate, and of the service's size.  [default: 100%]",
        ),
        click.option("--quick", is_flag=True, help="A tenth of the traffic: the same as --sample 10%."),
        WORKERS,
        CLUSTER,
        click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            default=usual.OUT,
            show_default=True,
            help="Folder for run.json, the reports, and every finished run.",
        ),
        FORMATS,
        click.option(
            "--lean",
            is_flag=True,
            help="Keep counts, histograms and a sample of the calls, so that memory does not grow with their number "
            "(docs/large-runs.md). For the simulator.",
        ),
        click.option(
            "--records",
            metavar="DIR",
            type=click.Path(file_okay=False, path_type=Path),
            default=None,
            help="Write every call and every request to Parquet files there as the run goes. Needs brownout[parquet].",
        ),
        click.option("--resume", is_flag=True, help="Go on from what is finished in that folder."),
        click.option(
            "--baseline",
            type=click.Path(dir_okay=False, path_type=Path),
            default=None,
            help="Hold the run against this one, and exit 99 if it is surely worse; kept there if there is none yet.",
        ),
        click.option(
            "--fail-if",
            "fail_if",
            metavar="RULE",
            multiple=True,
            help="What is worse than the baseline allows: 'p95 worse 10%', 'goodput worse 2 points'. May be given more "
            "than once.  [default: 'goodput worse 1 point', 'p95 worse 10%']",
        ),
        click.option("--update-baseline", is_flag=True, help="Keep this run as the baseline afterwards."),
        click.option(
            "--explain",
            metavar="CALL",
            help="Print what one call went through, and nothing else: `12.3` is call 3 of client 12, or `worst`.",
        ),
    )

    def add(command: Callable[..., None]) -> Callable[..., None]:
        for option in reversed(options):
            command = option(command)
        return command

    return add
