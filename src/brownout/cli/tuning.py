"""Commands that find the values of a client: by search, and by a log of its calls."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import CLUSTER, COLUMNS, FORMATS, SAMPLE, WORKERS
from .values import Weight


@click.command()
@click.argument("client")
@click.option(
    "--open",
    "opened",
    metavar="NAME[=LOW..HIGH]",
    multiple=True,
    help="A value that the file does not leave open: timeouts.read, or retry.retries=1..8.",
)
@click.option(
    "-s",
    "--scenario",
    "scenarios",
    multiple=True,
    required=True,
    help="One that is shipped, or a file; several count.",
)
@click.option(
    "--goal",
    metavar="METRIC",
    default="par2",
    show_default=True,
    help="What is to be as small, or as large, as can be.",
)
@click.option(
    "--limit", "limits", metavar="OBJECTIVE", multiple=True, help="What has to be kept: 'amplification <= 2'."
)
@click.option("--weight", "weights", type=Weight(), multiple=True, help="How much a scenario counts.  [default: 1]")
@click.option(
    "--against",
    metavar="CLIENT",
    default=None,
    help="What it is compared with.  [default: what it is today, {tune: …, now: 20s}, or the middle of the ranges]",
)
@click.option(
    "--latencies",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    default=None,
    help="A log of your calls (see `brownout latencies -h`): the service of the scenarios is then as fast as that.",
)
@COLUMNS
@click.option(
    "--seeds",
    type=click.IntRange(min=2, max=1000),
    default=16,
    show_default=True,
    help="Runs of who is left in the end.",
)
@click.option(
    "--batches",
    type=click.IntRange(min=1, max=1000),
    default=12,
    show_default=True,
    help="At most, of 8 candidates each.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the search itself.")
@SAMPLE
@WORKERS
@CLUSTER
@click.option(
    "--verify/--no-verify",
    default=True,
    show_default=True,
    help="Play the best with the real SDK in virtual time, too.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/tune"), show_default=True)
@click.option("--resume", is_flag=True, help="Go on from what an interrupted search has played.")
@FORMATS
def tune(**options: Any) -> None:
    """Find the values that CLIENT leaves open: `{tune: 15s..180s}`, or a list of choices.

    CLIENT is a file, or one that is shipped, of which --open says what to search. Writes the client, ready to run, and
    why.
    """
    from brownout.commands.tune import Options
    from brownout.commands.tune import tune as command

    command(Options(**options))


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@COLUMNS
@click.option(
    "--max-tokens",
    type=click.IntRange(min=1),
    multiple=True,
    help="Say how long an answer of so many tokens takes. May be given more than once.  [default: 256, 1024, 4096, "
    "8192]",
)
@click.option("--json", "as_json", is_flag=True, help="The same, for machines.")
def latencies(**options: Any) -> None:
    """Say what a log of your calls says of the service: how fast it is, and how long to wait for what.

    FILE has a row a call (.csv, .jsonl, .parquet), with latency_s or latency_ms, and output_tokens, max_tokens, ttft_s
    and outcome where they are known; or it is OpenTelemetry's (.json, .jsonl), as the collector's file exporter writes
    it. The page docs/tune.md has the names.
    """
    from brownout.commands.latencies import latencies as command

    command(**options)
