"""Commands that play clients through scenarios, and the one that shows again what they found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import CLIENT_HELP, FORMATS_HELP, WORKERS, played
from .values import Format, Weight


@click.command()
@played(f"{CLIENT_HELP}  [default: sdk-defaults]")
def run(**options: Any) -> None:
    """Play scenarios, and say whether their objectives hold. Exits 99 if one is missed."""
    from brownout.commands.playing import Options
    from brownout.commands.run import run as command

    if not options["clients"] and not options["commands"]:
        options["clients"] = ("sdk-defaults",)
    command(Options(**options))


@click.command()
@played(f"{CLIENT_HELP}  [default: all shipped]")
@click.option("--gate", metavar="CLIENT", default="", help="Exit 99 if another client is surely better than this one.")
@click.option("--ablate", metavar="CLIENT", default="", help="Play this client with one layer left out at a time, too.")
@click.option(
    "--weight", "weights", type=Weight(), multiple=True, help="What a scenario weighs in the ranking.  [default: 1]"
)
def compare(gate: str, ablate: str, weights: tuple[tuple[str, float], ...], **options: Any) -> None:
    """Play client configurations through scenarios, and say which holds."""
    from brownout.commands.compare import compare as command
    from brownout.commands.playing import Options

    command(Options(**options), gate, ablate, weights)


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/demo"), show_default=True)
@WORKERS
def demo(**options: Any) -> None:
    """Every configuration through every incident in the simulator, and some with the real SDK."""
    from brownout.commands.demo import demo as command

    command(**options)


@click.command()
@click.argument("paths", metavar="RUN.json...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "formats", type=Format(), multiple=True, help=f"{FORMATS_HELP}  [default: console]")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder to write to. Without it, one format that is text is printed.",
)
@click.option("--chart", metavar="NAME", default=None, help="One chart alone, as svg or png.  [default: svg]")
def report(**options: Any) -> None:
    """Show or write a finished run in another format. Several are parts of one, and are joined.

    A folder stands for the run.json in it.
    """
    from brownout.commands.report import report as command

    command(**options)
