"""A monitor's counters in the text format of OpenMetrics, for Prometheus: under the names that alert rules ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import openmetrics
from ..alerts.promql import PREFIX
from ..openmetrics import MEDIA_TYPE, Labels
from .breakers import STATES, TURNS
from .counts import Counts
from .families import FAMILIES
from .limits import PHASES
from .slots import Group
from .snapshots import Totals
from .tick import BOUNDS

__all__ = ["MEDIA_TYPE", "exposition"]

Groups = list[tuple[Labels, Counts]]


def exposition(totals: Totals) -> str:
    """The whole of it."""
    own = {"client": totals.name} if totals.name else {}
    groups: Groups = [(own | _labels(group), counts) for group, counts in totals.groups.items()]
    written = openmetrics.Families(PREFIX)

    def write(name: str, samples: Iterable[tuple[Labels, float]]) -> None:
        family = FAMILIES[name]
        (written.counter if family.kind == "counter" else written.gauge)(name, family.about, samples)

    for name, family in FAMILIES.items():
        if family.kind == "counter" and family.field:
            write(name, ((labels, getattr(counts, family.field)) for labels, counts in groups))
    for name, places in (("call_seconds", "places"), ("first_text_seconds", "first_places")):
        family = FAMILIES[name]
        samples = ((labels, getattr(counts, places), getattr(counts, family.field)) for labels, counts in groups)
        written.histogram(name, family.about, family.unit, BOUNDS, samples)
    write("timeouts", _timeouts(groups))
    write("wasted_tokens", _wasted(groups))
    # Nobody is to take a price that is not known for nothing.
    write("wasted_dollars", ((labels, counts.dollars) for labels, counts in groups if not counts.unpriced))
    turned = totals.turns.counts
    write("breaker_transitions", ((own | {"from": turn[0], "to": turn[1]}, turned[turn]) for turn in TURNS))
    write("breaker_state", [(own, STATES.index(totals.state.state))])
    write("dropped_attempts", [(own, totals.dropped)])
    rules = [(own | {"rule": each.rule, "severity": each.severity}, each) for each in totals.rules]
    write("alert_firing", ((labels, each.is_firing) for labels, each in rules))
    write("alert_level", ((labels, each.level) for labels, each in rules if each.level is not None))
    return str(written)


def _labels(group: Group) -> dict[str, str]:
    return {"model": group.model} | ({"endpoint": group.endpoint} if group.endpoint else {})


def _timeouts(groups: Groups) -> Iterator[tuple[Labels, float]]:
    for labels, counts in groups:
        for phase in dict.fromkeys((*PHASES, *counts.limits)):
            yield {**labels, "phase": phase}, counts.limits[phase]


def _wasted(groups: Groups) -> Iterator[tuple[Labels, float]]:
    for labels, counts in groups:
        yield {**labels, "kind": "input"}, counts.wasted_input
        yield {**labels, "kind": "output"}, counts.wasted_output
