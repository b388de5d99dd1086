"""Objectives and gates as test cases, for what shows JUnit's XML: Jenkins, GitLab, GitHub actions, Buildkite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from xml.etree import ElementTree as ET

from brownout.harness.part import Estimate
from brownout.harness.results import Change, PlayedScenario, RunFile, Verdict
from brownout.harness.scoring import changed
from brownout.harness.scoring.verdicts import figure, said

from .. import words
from ..report import Report

FILE_NAME = "report.junit.xml"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say, not even escaped."""


def render(report: Report) -> str:
    """A suite a scenario, and one for the gate; a case an objective and client, and one that says it was played."""
    run = report.run
    properties = _properties(run)
    suites = [(scenario.name, _cases(run, scenario)) for scenario in run.scenarios]
    suites += [("gate", _gate(run))] if run.gate is not None else []
    root = ET.Element("testsuites", {"name": "brownout"})
    for name, cases in suites:
        root.append(_suite(name, list(cases), properties, run.created))
    _count(root)
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _properties(run: RunFile) -> dict[str, str]:
    first, last = run.seeds[0], run.seeds[-1]
    is_range = all(after == before + 1 for before, after in pairwise(run.seeds))
    seeds = f"{first} to {last}" if is_range else ", ".join(map(str, run.seeds))
    facts = {"created": run.created, "backend": run.backend, "seeds": seeds, "command": run.command}
    return facts | {f"environment.{name}": version for name, version in run.environment.items()}


def _suite(name: str, cases: Iterable[ET.Element], properties: dict[str, str], created: str) -> ET.Element:
    suite = _element("testsuite", name=name)
    if moment := _moment(created):
        suite.set("timestamp", moment)
    group = ET.SubElement(suite, "properties")
    group.extend(_element("property", name=key, value=value) for key, value in properties.items())
    suite.extend(cases)
    _count(suite, ("skipped", "skipped"))  # which a suite may say by Jenkins's schema, and the whole may not
    return suite


def _count(parent: ET.Element, *more: tuple[str, str]) -> None:
    """Into the attributes that every reader believes. Nothing was timed: a run's cases share its time."""
    cases = list(parent.iter("testcase"))
    parent.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), *more):
        parent.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    parent.set("time", "0")


def _cases(run: RunFile, scenario: PlayedScenario) -> Iterable[ET.Element]:
    rows = [row for row in run.rows if row.scenario == scenario.name]
    fared = [f"{row.client}: rank {row.rank}, goodput {_goodput(row.metrics)}" for row in rows]
    yield _case(f"{scenario.name}.scenario", "played", "\n".join(fared))
    yield from (_objective(each) for each in run.objectives if each.scenario == scenario.name)
    yield from (_change(each) for each in run.changes if each.scenario == scenario.name)


def _goodput(metrics: dict[str, Estimate]) -> str:
    return words.with_bounds("goodput", metrics["goodput"]) if "goodput" in metrics else "–"


def _case(group: str, name: str, text: str = "", child: ET.Element | None = None) -> ET.Element:
    """`group` is scenario.client: what is before the last dot is a package to most readers, and the rest a class."""
    case = _element("testcase", classname=group, name=name, time="0")
    case.extend([] if child is None else [child])
    if text:
        ET.SubElement(case, "system-out").text = _clean(text)
    return case


def _objective(each: Verdict) -> ET.Element:
    group, name = f"{each.scenario}.{each.client}", f"{each.client}: {each.objective}"
    if each.value is None or each.is_met is None:
        return _case(group, name, child=_element("skipped", message=each.why or "it has no meaning here"))
    sure = "sure" if each.is_sure else "not sure: the 95% interval says both, or there is none"
    bounds = words.bounds(each.metric, Estimate(value=each.value, low=each.low, high=each.high))
    margin = words.margin(each.metric, each.margin or 0.0)
    text = f"{said(each)}\n95% interval: {bounds}\nmargin: {margin}\n{sure}"
    if each.is_met:
        return _case(group, name, text)
    missed = _element("failure", message=f"{said(each)}; margin {margin}", type="objective")
    missed.text = _clean(text)
    return _case(group, name, child=missed)


def _change(each: Change) -> ET.Element:
    """What is not sure is no failure, and no success either. What is worse has its figures in the message, as readers
    show no more of a failure than that."""
    group, name = f"{each.scenario}.{each.client}", f"{each.client}: {each.rule} (since the baseline)"
    if each.outcome == "held" and each.reason != "blind":
        return _case(group, name, each.why)
    if each.outcome != "worse":
        return _case(group, name, child=_element("skipped", message=each.why))
    before, now = (figure(each.metric, found.value) for found in (each.baseline, each.now))
    failure = _element("failure", message=f"{each.metric} went from {before} to {now}: {each.why}", type="change")
    failure.text = _clean(changed.said(each))
    return _case(group, name, child=failure)


def _gate(run: RunFile) -> Iterable[ET.Element]:
    assert run.gate is not None
    group, name = f"gate.{run.gate.client}", f"{run.gate.client}: no other client is surely better"
    missed = None if run.gate.is_met else _element("failure", message=run.gate.why, type="gate")
    yield _case(group, name, run.gate.why if missed is None else "", missed)


def _element(tag: str, **attributes: str) -> ET.Element:
    return ET.Element(tag, {name: _clean(value) for name, value in attributes.items()})


def _clean(text: str) -> str:
    """As pytest writes what XML forbids: `#x1B`."""
    return _FORBIDDEN.sub(lambda found: f"#x{ord(found[0]):02X}", text)


def _moment(created: str) -> str:
    """Without its zone, as the schemas want it: in UTC. Empty for what is no time."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return ""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
