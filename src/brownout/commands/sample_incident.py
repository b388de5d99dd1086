"""`brownout sample-incident`: an incident drawn under a seed, as a scenario file."""

from __future__ import annotations

import shlex
from pathlib import Path
from textwrap import wrap

import click

from brownout.fakes.units import format_duration
from brownout.harness.files import FileError
from brownout.harness.files.suggest import quoted
from brownout.harness.objectives import ObjectiveError, parse
from brownout.harness.outages import KINDS, with_outages
from brownout.harness.scenario import Scenario
from brownout.harness.sources import UnknownName, scenario
from brownout.harness.testing.incidents import as_yaml
from brownout.harness.workload import Groups
from brownout.harness.workload.arrivals.trace import Trace

from .loading import FilesRefused
from .writing import print_or_write, tell

_PARAGRAPHS = (
    "Outages come at random: the calm before each is exponential, {every} on average. How long one lasts is lognormal: "
    "half of them take less than {median}, one in twenty more than {p95}. Lengths look about lognormal in what Google "
    "has published (Davidovic, Incident Metrics in SRE, 2021). For lengths and distances of Claude's own outages see "
    "Chu et al., An Empirical Characterization of Outages and Incidents in Public Services for Large Language Models, "
    "ICPE 2025.",
    "The figures themselves are assumptions where you gave none, and outages stand closer together than in life, so "
    "that a few hours hold several. What goes wrong in one is an assumption, too: one of six kinds of trouble, each as "
    "likely. What is published says how long outages were, and hardly ever what share of requests failed in which way.",
    "Traffic and service are those of {base}.",
)
_OBJECTIVES = "# What a client has to keep. Choose your own.\n"
_WIDTH = 112


def sample_incident(
    base: str,
    lasts: float,
    every: float,
    median: float,
    p95: float,
    seed: int,
    objectives: tuple[str, ...],
    out: Path | None,
) -> None:
    """Print it, or write it to a file. Exits 2 where nothing can be drawn."""
    given = {"lasts": lasts, "every": every, "median": median, "p95": p95}
    for name, seconds in given.items():
        if not seconds:
            raise click.UsageError(f"--{name}: expected more than 0s")
    if median >= p95:
        raise click.UsageError(f"--p95: expected more than --median {format_duration(median)}")
    spans = {name: format_duration(seconds) for name, seconds in given.items()}
    length = {"median": spans["median"], "p95": spans["p95"]}
    try:
        incident = _judged(_base(base), objectives)
        drawn = with_outages(incident, seed, lasts, {"mean": spans["every"]}, length, KINDS)
    except (FileError, UnknownName) as error:
        raise FilesRefused(str(error)) from None
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    text = _head(base, spans, seed, objectives) + as_yaml(drawn).replace("\nobjectives:", f"\n{_OBJECTIVES}objectives:")
    print_or_write(text, out)
    if out is not None:
        tell(f"Next: {shlex.join(['brownout', 'run', '-s', str(out), '--sample', '5%'])}")


def _base(named: str) -> Scenario:
    found = scenario(named).value
    workload = found.workload
    groups = workload.groups if isinstance(workload, Groups) else (workload,)
    if any(isinstance(group.arrivals, Trace) for group in groups):
        raise ValueError(f"{found.name} replays a trace, which a file elsewhere would not find; give other arrivals")
    return found


def _judged(base: Scenario, objectives: tuple[str, ...]) -> Scenario:
    """By these lines: those of the base were written for another incident."""
    for line in objectives:
        try:
            parse(line)
        except ObjectiveError as error:
            raise ValueError(f"--objective {quoted(line)}: {error}") from None
    return Scenario.model_validate({**dict(base), "objectives": objectives})


def _head(base: str, spans: dict[str, str], seed: int, objectives: tuple[str, ...]) -> str:
    """How it was made, in comments."""
    words = ["brownout", "sample-incident", base]
    words += [word for name, text in spans.items() for word in (f"--{name}", text)]
    words += ["--seed", str(seed), *(word for line in objectives for word in ("--objective", line))]
    lines = ["Made by this command, which makes the same file whenever it is run:", f"  {shlex.join(words)}"]
    for paragraph in _PARAGRAPHS:
        lines += ["", *wrap(paragraph.format(base=base, **spans), _WIDTH, break_on_hyphens=False)]
    return "".join(f"# {line}".rstrip() + "\n" for line in lines)
