"""The command line: options and exit codes. Imports nothing heavy; each command's work is in `commands`.

Exit codes: 0; 1 a scenario could not be run; 2 usage or file error; 3 an error of the harness; 5 nothing ran; 99 an
objective or a gate was missed; 130 interrupted.
"""

from __future__ import annotations

import errno
import math
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import __version__

SCENARIO_HELP = (
    "A scenario that is shipped (see `brownout list`), a file, or a folder of files. May be given more than once.  "
    "[default: all shipped]"
)
CLIENT_HELP = (
    "A client configuration that is shipped, a file, or a function or class of your own code such as app.llm:ask. May "
    "be given more than once."
)


class Share(click.ParamType[float]):
    """`5%`."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        from .fakes.units import UnitError, parse_share

        try:
            share = parse_share(value)
        except UnitError as error:
            hint = f"; {error.hint}" if error.hint else ""
            self.fail(f'expected {error.expected}, got "{value}"{hint}', param, ctx)
        if not share:
            self.fail(f'expected more than 0%, got "{value}"', param, ctx)
        return share


class Scale(click.ParamType[float]):
    """How many seconds of the scenario pass in one: `20`, `0.5`."""

    name = "float"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            scale = float(value)
        except ValueError:
            scale = math.nan
        if not 0.0 < scale < math.inf:
            self.fail(f'expected a number above 0, got "{value}"', param, ctx)
        return scale


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="brownout")
def group() -> None:
    """Put a Claude client's resilience through the failures that production will."""


class Weight(click.ParamType[tuple[str, float]]):
    """`rate-limit-storm=2`."""

    name = "NAME=NUMBER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, number = str(value).partition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not name or not 0.0 <= weight < math.inf:
            self.fail(f'expected a scenario and its weight such as "calm=0.5", got "{value}"', param, ctx)
        return name, weight


class Format(click.ParamType[str]):
    """`markdown`."""

    name = "FORMAT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from .harness.files.suggest import did_you_mean, quoted
        from .reports.formats import names

        if value not in names():
            self.fail(f"there is no format {quoted(value)}{did_you_mean(value, names())}", param, ctx)
        return str(value)


FORMATS_HELP = (
    "console, csv, html, json, junit, markdown, openmetrics, parquet, png or svg. May be given more than once."
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
        click.option(
            "--workers", type=click.IntRange(min=1), default=None, help="Processes. Default: the cores there are."
        ),
        click.option(
            "--out",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path("out"),
            show_default=True,
            help="Folder for run.json, the reports, and every finished run.",
        ),
        click.option(
            "--format",
            "formats",
            type=Format(),
            multiple=True,
            default=("markdown", "html"),
            help=f"What is written there besides run.json: {FORMATS_HELP}  [default: markdown, html]",
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


@group.command()
@played(f"{CLIENT_HELP}  [default: sdk-defaults]")
def run(**options: Any) -> None:
    """Play scenarios, and say whether their objectives hold. Exits 99 if one is missed."""
    from .commands.playing import Options
    from .commands.run import run as command

    if not options["clients"] and not options["commands"]:
        options["clients"] = ("sdk-defaults",)
    command(Options(**options))


@group.command()
@played(f"{CLIENT_HELP}  [default: all shipped]")
@click.option("--gate", metavar="CLIENT", default="", help="Exit 99 if another client is surely better than this one.")
@click.option("--ablate", metavar="CLIENT", default="", help="Play this client with one layer left out at a time, too.")
@click.option(
    "--weight", "weights", type=Weight(), multiple=True, help="What a scenario weighs in the ranking.  [default: 1]"
)
def compare(gate: str, ablate: str, weights: tuple[tuple[str, float], ...], **options: Any) -> None:
    """Play client configurations through scenarios, and say which holds."""
    from .commands.compare import compare as command
    from .commands.playing import Options

    command(Options(**options), gate, ablate, weights)


@group.command()
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
    from .commands.report import report as command

    command(**options)


@group.command()
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
def serve(**options: Any) -> None:
    """Serve a scenario on a loopback port, for any client in any language."""
    from .commands.serve import serve as command

    command(**options)


@group.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/demo"), show_default=True)
@click.option("--workers", type=click.IntRange(min=1), default=None, help="Processes. Default: the cores there are.")
def demo(**options: Any) -> None:
    """Every configuration through every incident in the simulator, and some with the real SDK."""
    from .commands.demo import demo as command

    command(**options)


@group.command()
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
    from .commands.init import init as command

    command(**options)


@group.command("list")
def list_() -> None:
    """Name the scenarios and clients that are shipped."""
    from .commands.catalogue import catalogue

    click.echo(catalogue())


@group.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a shipped scenario or client, to copy and edit."""
    from .commands.catalogue import text_of

    click.echo(text_of(name), nl=False)


@group.command()
@click.argument("kind", metavar="scenario|client|run", type=click.Choice(["scenario", "client", "run"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of a kind of file: for editors, or for what reads run.json."""
    from .commands.schema import schema_of

    click.echo(schema_of(kind), nl=False)


_FULL = (errno.ENOSPC, errno.EIO, errno.EFBIG)
"""What a disk, or whatever the output goes to, has against it: no error of ours."""


def main() -> None:
    """Run the command line and turn what goes wrong into an exit code and a message that helps."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a CI that cancels is as good as Ctrl-C
    try:
        code = group(standalone_mode=False)  # click hands an exit with a code back as a value
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except Exception as error:  # ours: say so, with all that a report of it needs
        if isinstance(error, OSError) and error.errno in _FULL:
            click.echo(f"Error: cannot write: {(error.strerror or str(error)).lower()}", err=True)
            sys.exit(2)
        import traceback

        traceback.print_exception(error)
        click.echo("This is an error of Brownout, not of your files. Please report it with the lines above.", err=True)
        sys.exit(3)
    sys.exit(code if isinstance(code, int) else 0)
