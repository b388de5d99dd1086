"""The report of alert rules: what to have, how soon each calls somebody, and how often for nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from brownout.harness.alerting import FILE_NAME, AlertsFile

from .charts.theme import colours
from .document import Document, Section
from .formats import html, markdown
from .table import Table
from .tables import alerts as tables
from .write import save

RULES = "rules"
"""The folder of the rules that are recommended."""
_NOTES = (
    "A rule sees the calls that ended within each minute, and is evaluated once a minute, as Prometheus does it. "
    "Somebody is called when it begins to fire.",
    "A trouble is found by the first alarm that begins while it lasts. Alarms of the six hours after it are neither "
    "found nor false, as windows of hours still hold it.",
    "The set was chosen on these very weeks, so that on others it cries wolf somewhat more often; --first-seed plays "
    "others.",
    "Intervals: of a rate of false alarms Garwood's, of a mean delay the bootstrap's over troubles. They say nothing "
    "of weeks that are not like these.",
)


@dataclass(frozen=True)
class AlertsReport:
    """What a format for people is given."""

    found: AlertsFile

    @cached_property
    def document(self) -> Document:
        found = self.found
        by_rule = colours(rule.name for rule in found.rules)
        sections = [Section("What to have", "have", tuple(_have(found)))]
        sections += [
            Section(each.name, f"scenario-{each.name}", (tables.scores(found, each, by_rule),))
            for each in found.scenarios
        ]
        sections.append(Section("The rules", "rules", tuple(_rules(found))))
        seeds = f"{found.seeds[0]} to {found.seeds[-1]}" if len(found.seeds) > 1 else str(found.seeds[0])
        facts = {"client": found.client, "seeds": seeds, "made": found.created} | found.environment
        kept = tuple(section for section in sections if section.tables)
        return Document("Brownout: which alerts to have", found.verdict, kept, _NOTES, facts, found.command)


def _have(found: AlertsFile) -> Iterable[Table]:
    if found.recommended is not None and found.recommended.rules:
        yield tables.recommended(found.recommended, found.wanted)
        yield tables.delays(found.recommended)
    if any(scenario.troubles for scenario in found.scenarios):
        yield tables.alone(found)


def _rules(found: AlertsFile) -> Iterable[Table]:
    if (table := tables.cannot(found)) is not None:
        yield table
    yield tables.rules(found)


def write(report: AlertsReport, folder: Path) -> list[Path]:
    """The truth, the pages, and the rules that are recommended. Raises `OSError`."""
    found = report.found
    truth = folder / FILE_NAME
    found.save(truth)
    written = [truth]
    written += [save(each.render(report), folder / each.FILE_NAME) for each in (markdown, html)]
    if found.recommended is not None and found.recommended.rules:
        rules = folder / RULES
        for old in rules.glob("*.yaml"):  # of a run before, or a set would be more than was recommended
            old.unlink()
        written.append(save({f"{each.name}.yaml": each.text for each in found.recommended.rules}, rules))
    return written
