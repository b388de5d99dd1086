"""Commands for files to start from: written, drawn, shipped, and described for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .values import Span


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option(
    "--from",
    "origin",
    metavar="MODULE:NAME",
    default=None,
    help="Take timeouts and retries from your program's own SDK client: `app.llm:client`, or `app/llm.py:client`.",
)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
def init(**options: Any) -> None:
    """Write a scenario and a client to start from."""
    from brownout.commands.init import init as command

    command(**options)


@click.command("sample-incident")
@click.argument("base", metavar="[SCENARIO]", default="calm")
@click.option("--lasts", type=Span(), default="2h", show_default=True, help="How long all of it lasts.")
@click.option(
    "--every", type=Span(), default="40m", show_default=True, help="How long it is calm before an outage, on average."
)
@click.option("--median", type=Span(), default="20m", show_default=True, help="Half of all outages are shorter.")
@click.option("--p95", type=Span(), default="90m", show_default=True, help="One outage in twenty is longer.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Another draws another.")
@click.option(
    "--objective",
    "objectives",
    metavar="LINE",
    multiple=True,
    default=("goodput >= 90%", "amplification <= 2"),
    help="What a client has to keep. May be given more than once.  [default: 'goodput >= 90%', 'amplification <= 2']",
)
@click.option(
    "-o", "--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write it to this file."
)
def sample_incident(**options: Any) -> None:
    """Draw an incident: outages of random length at random distances, as a scenario file.

    Traffic and service are those of SCENARIO, `calm` if none is given. Equal commands make equal files.
    """
    from brownout.commands.sample_incident import sample_incident as command

    command(**options)


@click.command("list")
def list_() -> None:
    """Name all that is shipped: scenarios, clients, alert rules, claims."""
    from brownout.commands.catalogue import catalogue

    click.echo(catalogue())


@click.command()
@click.argument("name")
def show(name: str) -> None:
    """Print something that is shipped, to copy and edit."""
    from brownout.commands.catalogue import text_of

    click.echo(text_of(name), nl=False)


@click.command()
@click.argument("kind", metavar="KIND", type=click.Choice(["scenario", "client", "fleet", "rule", "claim", "run"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of a scenario, client, fleet or claim for editors, or of run.json for what reads it."""
    from brownout.commands.schema import schema_of

    click.echo(schema_of(kind), nl=False)
