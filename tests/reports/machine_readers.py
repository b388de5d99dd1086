"""Reads the formats for machines back, each with a reader that is not ours: what they say of every figure, as raw
numbers or, where a format has words for people, in those."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from typing import NamedTuple

import pyarrow.parquet
from junitparser import JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from brownout.harness.part import Estimate
from brownout.reports.formats import Rendered


class Figure(NamedTuple):
    """With its bounds, where there are some."""

    value: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: Estimate) -> Figure:
        return cls(found.value, found.low, found.high)


Figures = dict[tuple[str, str, str], Figure]
"""By scenario ("" for all of them), client and metric, as results call it."""


def from_csv(text: Rendered) -> Figures:
    """By Python's own reader, in strict mode."""
    assert isinstance(text, str)
    return {
        (unquoted(row["scenario"]), unquoted(row["client"]), row["metric"]): Figure(
            float(row["value"]), *(float(row[bound]) if row[bound] else None for bound in ("low", "high"))
        )
        for row in csv.DictReader(StringIO(text, newline=""), strict=True)
    }


def unquoted(cell: str) -> str:
    """The name in a cell that was kept from being a formula."""
    return cell.removeprefix("'")


def from_parquet(content: Rendered) -> Figures:
    """By Arrow."""
    assert isinstance(content, bytes)
    rows = pyarrow.parquet.read_table(BytesIO(content)).to_pylist()
    return {
        (row["scenario"] or "", row["client"], row["metric"]): Figure(row["value"], row["low"], row["high"])
        for row in rows
    }


def from_json(text: Rendered) -> Figures:
    """By Python's own reader."""
    assert isinstance(text, str)
    run = json.loads(text)
    found = {
        (row["scenario"], row["client"], name): _figure(each)
        for row in run["rows"]
        for name, each in row["metrics"].items()
    }
    for each in run["standings"]:
        estimates = {"par2": each["score"], "rmst_share": each["wait"], "goodput": each["goodput"]}
        found |= {("", each["client"], name): _figure(estimate) for name, estimate in estimates.items()}
    return found


def _figure(found: dict[str, float | str | None]) -> Figure:
    """What is infinite is a word."""
    value, low, high = (None if found[name] is None else float(found[name] or 0.0) for name in Figure._fields)
    assert value is not None
    return Figure(value, low, high)


JUDGED = frozenset({"brownout_objective_met", "brownout_objective_sure", "brownout_gate_held"})


def from_openmetrics(text: Rendered) -> Figures:
    """By the parser of Prometheus's own client, which is strict."""
    assert isinstance(text, str)
    values: dict[tuple[str, str, str], dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if family.type == "gauge" and sample.name not in JUDGED and "client" in sample.labels:
                metric, bound = _metric(family.name, family.unit, sample.labels)
                place = sample.labels.get("scenario", ""), sample.labels["client"], metric
                values.setdefault(place, {})[bound] = sample.value
    return {place: Figure(each["value"], each.get("low"), each.get("high")) for place, each in values.items()}


def _metric(family: str, unit: str, labels: dict[str, str]) -> tuple[str, str]:
    """A metric as results call it, and which of its three figures this is."""
    name = family.removesuffix(f"_{unit}" if unit else "").removeprefix("brownout_").removeprefix("overall_")
    name = name.removesuffix("_bound") if "bound" in labels else name
    if "quantile" in labels:
        name = f"p{float(labels['quantile']) * 100:g}({name})"
    return name, labels.get("bound", "value")


RAW: dict[str, Callable[[Rendered], Figures]] = {
    "csv": from_csv,
    "json": from_json,
    "openmetrics": from_openmetrics,
    "parquet": from_parquet,
}
"""The formats with raw figures."""


class Case(NamedTuple):
    """A test case, as a tool that shows them sees it."""

    suite: str
    group: str
    name: str
    result: str
    said: str


def from_junit(text: Rendered) -> list[Case]:
    """By junitparser."""
    assert isinstance(text, str)
    return list(_cases(JUnitXml.fromstring(text.encode())))


def _cases(found: JUnitXml) -> Iterator[Case]:
    for suite in found:
        for case in suite:
            results = [(type(each).__name__.lower(), each.message or "") for each in case.result]
            result, said = results[0] if results else ("passed", case.system_out or "")
            yield Case(suite.name, case.classname, case.name, result, said)
