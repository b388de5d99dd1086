"""Commands for what a client or an alert rule is good for without a run: to be examined, and written as code."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("client", metavar="CLIENT")
@click.argument("named", metavar="[SCENARIO]", required=False)
@click.option("--prove", is_flag=True, help="Have the simulator show what each finding claims, with this client.")
@click.option("--format", "kind", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(client: str, named: str | None, prove: bool, kind: str) -> None:
    """Say what is wrong with a client before anything is played. Exits 99 if there is an error.

    CLIENT is shipped, a file, the SDK client of your program (app.llm:client), or Python source (app.py), which is read
    and never run. With a SCENARIO limits are held against its calls.
    """
    from brownout.commands.doctor import doctor as command

    command(client, named, prove, kind)


@click.command()
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
        from brownout.commands.export_rules import export_rules

        export_rules(rules, to, out)
        return
    if rules:
        raise click.UsageError("--rule goes with --to: prometheus, promtool or grafana")
    if named is None or language is None:
        raise click.UsageError("expected a CLIENT with --as, or --to for alert rules")
    from brownout.commands.export import export as command

    command(named, language, out, profile)
