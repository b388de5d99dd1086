"""The command line: commands and exit codes. Imports nothing heavy; each command's work is in `commands`.

Exit codes: 0; 1 a scenario could not be run; 2 usage or file error; 3 an error of the harness; 5 nothing ran, or
nothing could be decided; 99 an objective or a gate was missed, or the doctor found an error; 130 interrupted.
"""

from __future__ import annotations

import errno
import signal
import sys
from pathlib import Path
from typing import Any

import click

from . import __version__
from .options import (
    CLIENT_HELP,
    CLUSTER,
    COLUMNS,
    FORMATS,
    FORMATS_HELP,
    SAMPLE,
    WORKERS,
    Format,
    Scale,
    Span,
    Weight,
    played,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="brownout")
def group() -> None:
    """Put a Claude client's resilience through the failures that production will."""


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
    from .commands.serve import serve as command

    command(**options)


@group.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out/demo"), show_default=True)
@WORKERS
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


@group.command()
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
    from .commands.tune import Options
    from .commands.tune import tune as command

    command(Options(**options))


@group.command()
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
    from .commands.latencies import latencies as command

    command(**options)


@group.command()
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
    from .commands.stability import stability as command

    command(**options)


@group.command()
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
    from .commands.alerts import alerts as command

    command(**options)


@group.command()
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
        from .commands.theory import theory as command
    elif backends:
        from .commands.backends import backends as command
    elif alerts:
        from .commands.run_lengths import run_lengths as command
    else:
        from .commands.validate import validate as command

    command(names)


@group.command()
@click.argument("named", metavar="[CLIENT]", required=False)
@click.option("--as", "language", type=click.Choice(["python", "typescript"]), help="The language for CLIENT.")
@click.option(
    "-r",
    "--rule",
    "rules",
    multiple=True,
    help="An alert rule that is shipped (see `brownout list`), a file, or a folder of files; several count. Goes with "
    "--to.  [default: all shipped]",
)
@click.option(
    "--to",
    type=click.Choice(["prometheus", "promtool", "grafana"]),
    help="What becomes of alert rules: a rule file, a folder of it and its tests, or a dashboard.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), default=None, help="Write it to this file, or folder.")
@click.option("--profile", metavar="NAME", default="", help="For calls of this kind, as the client's file treats them.")
def export(
    named: str | None, language: str | None, rules: tuple[str, ...], to: str | None, out: Path | None, profile: str
) -> None:
    """Turn a client into code of your own, or alert rules into files for your own monitoring.

    A CLIENT, with --as, becomes the SDK with its layers as a short wrapper. Alert rules, with --to, become rules for
    Prometheus, tests by which promtool proves them, and a dashboard for Grafana (docs/prometheus.md).
    """
    if to is not None:
        if named is not None or language is not None or profile:
            raise click.UsageError("--to is for alert rules: CLIENT, --as and --profile do not go with it")
        from .commands.export_rules import export_rules

        export_rules(rules, to, out)
        return
    if rules:
        raise click.UsageError("--rule goes with --to: prometheus, promtool or grafana")
    if named is None or language is None:
        raise click.UsageError("expected a CLIENT with --as, or --to for alert rules")
    from .commands.export import export as command

    command(named, language, out, profile)


@group.command()
@click.argument("client", metavar="CLIENT")
@click.argument("named", metavar="[SCENARIO]", required=False)
@click.option("--prove", is_flag=True, help="Have the simulator show what each finding claims, with this client.")
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(client: str, named: str | None, prove: bool, kind: str) -> None:
    """Say what is wrong with a client before anything is played. Exits 99 if there is an error.

    CLIENT is shipped, a file, the SDK client of your program (app.llm:client), or Python source (app.py), which is read
    and never run. With a SCENARIO limits are held against its calls.
    """
    from .commands.doctor import doctor as command

    command(client, named, prove, kind)


@group.command("sample-incident")
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
    from .commands.sample_incident import sample_incident as command

    command(**options)


@group.command("list")
def list_() -> None:
    """Name all that is shipped: scenarios, clients, alert rules, claims."""
    from .commands.catalogue import catalogue

    click.echo(catalogue())


@group.command()
@click.argument("name")
def show(name: str) -> None:
    """Print something that is shipped, to copy and edit."""
    from .commands.catalogue import text_of

    click.echo(text_of(name), nl=False)


@group.command()
@click.argument("kind", metavar="KIND", type=click.Choice(["scenario", "client", "fleet", "rule", "claim", "run"]))
def schema(kind: str) -> None:
    """Print the JSON Schema of a scenario, client, fleet or claim for editors, or of run.json for what reads it."""
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
