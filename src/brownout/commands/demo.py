"""`brownout demo`: the main job on what is shipped, in the simulator and on the wire, and the two compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from brownout.harness.agreement import agreement
from brownout.harness.plan import Plan
from brownout.reports.report import Report
from brownout.reports.write import write

from .loading import load
from .playing import cores, run_plan
from .writing import tell_report, try_out, writing

SEEDS = range(1, 11)
SAMPLE = 0.25
WIRE_SCENARIOS = ("calm", "rate-limit-storm", "stall-mid-stream")
WIRE_CLIENTS = ("sdk-defaults", "guide", "budgeted")
WIRE_SCALE = 20.0
WIRE_SAMPLE = 0.02


def demo(out: Path, workers: int | None) -> None:
    """Exits 0 once it has run, whoever won."""
    scenarios, clients = load((), ())
    try_out(out)
    workers = workers or cores()
    every = f"brownout compare --seeds {len(SEEDS)} --sample {SAMPLE:.0%}"
    full = Plan(scenarios, clients, SEEDS, sample=SAMPLE, workers=workers, command=every)
    given = "".join(f" -s {name}" for name in WIRE_SCENARIOS) + "".join(f" -c {name}" for name in WIRE_CLIENTS)
    small = Plan(*load(WIRE_SCENARIOS, WIRE_CLIENTS), (1,), sample=WIRE_SAMPLE, workers=workers)
    real = replace(
        small,
        backend="wire",
        scale=WIRE_SCALE,
        command=f"brownout compare{given} --backend wire --seeds 1"
        f" --sample {WIRE_SAMPLE:.0%} --time-scale {WIRE_SCALE:g}",
    )
    click.echo(
        f"In the simulator: {len(scenarios)} incidents, {len(clients)} clients, {len(SEEDS)} seeds, a quarter of the"
        " traffic ...",
        err=True,
    )
    simulated = run_plan(full, "Simulator").file
    click.echo("On the wire: the official SDK over real sockets, a fiftieth of the traffic ...", err=True)
    wire = run_plan(real, "Real SDK").file
    pairs = agreement(run_plan(small, "Simulator, the same sample").file, wire)
    report = Report(simulated, pairs)
    tell_report(report)
    with writing(out):
        written = write(report, out)
        write(Report(wire), out / "wire")
    click.echo(f"The report is {written[-1]}; every figure is in {written[0]}.")
