"""Every figure as OpenMetrics, for Prometheus, a push gateway or Grafana."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from brownout.harness.metrics import metric
from brownout.harness.metrics.quantiles import parts
from brownout.harness.metrics.registry import Unit
from brownout.harness.openmetrics import head, sample
from brownout.harness.results import RunFile

from ..report import Report
from ..tidy import Line, lines

FILE_NAME = "report.openmetrics.txt"
_SUFFIXES: dict[Unit, str] = {"%": "ratio", "x": "ratio", "s": "seconds", "$": "dollars", "count": ""}
"""A unit ends the name of what has it."""
Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Family:
    """Figures of one kind, by their labels: no two have the same."""

    kind: str
    unit: str
    about: str
    samples: dict[tuple[tuple[str, str], ...], float] = field(default_factory=dict)


class _Families:
    """All of them, in the order in which they come: a family must not be interrupted by another."""

    def __init__(self) -> None:
        self._found: dict[str, _Family] = {}

    def add(self, name: str, about: str, value: float, labels: Labels, unit: str = "", kind: str = "gauge") -> None:
        full = "_".join(part for part in ("brownout", name, unit) if part)
        family = self._found.setdefault(full, _Family(kind, unit, about))
        family.samples.setdefault(tuple(labels.items()), value)

    def text(self) -> Iterable[str]:
        for name, family in self._found.items():
            yield from head(name, family.kind, family.about, family.unit)
            full = f"{name}_info" if family.kind == "info" else name
            yield from (sample(full, dict(labels), value) for labels, value in family.samples.items())


def render(report: Report) -> str:
    """The whole exposition. It has no time stamps: whoever collects it knows when."""
    families, run = _Families(), report.run
    _add_run(families, run)
    _add_judgements(families, run)
    for line in lines(run):
        _add_line(families, line)
    return "\n".join((*families.text(), "# EOF")) + "\n"


def _add_run(families: _Families, run: RunFile) -> None:
    facts = {"kind": run.kind, "backend": run.backend, "created": run.created, "command": run.command}
    families.add("run", "What was run, and when.", 1, facts, kind="info")
    for name, version in run.environment.items():
        families.add("environment", "What it was run with.", 1, {"name": name, "version": version}, kind="info")
    families.add("seeds", "How many runs every figure is of.", len(run.seeds), {})
    families.add("sample", "The share of the traffic that was played.", run.sample, {}, "ratio")


def _add_judgements(families: _Families, run: RunFile) -> None:
    """Objectives that have a meaning, and gates: 1 where all is well."""
    for each in run.objectives:
        labels = {"scenario": each.scenario, "client": each.client, "objective": each.objective}
        if each.is_met is not None:
            families.add("objective_met", "Whether an objective is met.", each.is_met, labels)
            families.add("objective_sure", "Whether its whole 95% interval says the same.", each.is_sure, labels)
    if run.gate is not None:
        about = "Whether no other client is surely better."
        families.add("gate_held", about, run.gate.is_met, {"client": run.gate.client})
    for change in run.changes:
        labels = {"scenario": change.scenario, "client": change.client, "rule": change.rule}
        for state in ("held", "worse", "unsure"):
            about = "What became of a figure since the baseline."
            families.add("change", about, change.outcome == state, labels | {"brownout_change": state}, kind="stateset")


def _add_line(families: _Families, line: Line) -> None:
    """A figure, and in a family of its own its bounds: whoever sums or averages a family gets what it says."""
    name, labels, about = _named(line)
    unit = _SUFFIXES[line.unit]
    families.add(name, about, line.value, labels, unit)
    for bound, value in (("low", line.low), ("high", line.high)):
        if value is not None:
            families.add(f"{name}_bound", f"95% interval: {about}", value, labels | {"bound": bound}, unit)


def _named(line: Line) -> tuple[str, Labels, str]:
    """What is over all scenarios is a family of its own, too, and has no such label."""
    overall = "" if line.scenario is not None else "overall_"
    labels = ({} if line.scenario is None else {"scenario": line.scenario}) | {"client": line.client}
    quantile = parts(line.metric)
    if quantile is None:
        return overall + line.metric, labels, line.about
    share, of = quantile
    about = metric(line.metric).about.partition("% ")[2]
    return overall + of, labels | {"quantile": f"{share:g}"}, f"The share `quantile` {about}"
