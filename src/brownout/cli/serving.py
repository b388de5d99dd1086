"""The command that serves a scenario to whatever client there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .values import Scale, Span


@click.command()
@click.option("-s", "--scenario", required=True, help="A scenario that is shipped, or a file.")
@click.option("--port", type=click.IntRange(0, 65535), default=8089, show_default=True, help="0: any that is free.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--time-scale",
    "scale",
    type=Scale(),
    default=1.0,
    show_default=True,
    help="Run the scenario this many times as fast.",
)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Let --host be one that other machines can reach.")
@click.option("--tls", is_flag=True, help="Speak TLS, with a certificate of its own; needs brownout[tls].")
@click.option(
    "--ca-file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Where to write the certificate that clients have to trust.  [default: a temporary file]",
)
@click.option(
    "--control-port",
    type=click.IntRange(0, 65535),
    default=None,
    help="Where faults are scripted while it runs (docs/serve.md).  [default: --port plus one]",
)
@click.option("--no-control", is_flag=True, help="Without that.")
@click.option(
    "--grace", type=Span(), default="5s", show_default=True, help="How long requests under way may take at the end."
)
@click.option(
    "--journal",
    type=click.IntRange(min=1),
    default=200_000,
    show_default=True,
    help="How many records the journal keeps, about 650 bytes each; the oldest go.",
)
def serve(**options: Any) -> None:
    """Serve a scenario on a port, for any client in any language."""
    from brownout.commands.serve import serve as command

    command(**options)
