"""A monitor's counters in the text format of OpenMetrics, for Prometheus: under the names that alert rules ask for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from ..alerts.promql import PREFIX
from .breakers import STATES, TURNS
from .counts import Counts
from .families import FAMILIES, samples
from .limits import PHASES
from .slots import Group
from .snapshots import Totals
from .tick import BOUNDS

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]
Groups = list[tuple[Labels, Counts]]
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_FIELDS = {
    "calls": "calls",
    "failed_calls": "failed",
    "timed_out_calls": "timed_out",
    "retried_calls": "retried",
    "rescued_calls": "rescued",
    "cancelled_calls": "cancelled",
    "attempts": "attempts",
    "prompt_tokens": "input_tokens",
    "answer_tokens": "output_tokens",
}
"""Family -> where its value stands."""


def exposition(totals: Totals) -> str:
    """The whole of it. It has no time stamps: whoever scrapes it knows when."""
    return "\n".join((*_lines(totals), "# EOF")) + "\n"


def _lines(totals: Totals) -> Iterator[str]:
    own = {"client": totals.name} if totals.name else {}
    groups: Groups = [(own | _labels(group), counts) for group, counts in totals.groups.items()]
    for name, field in _FIELDS.items():
        yield from _family(name, ((labels, getattr(counts, field)) for labels, counts in groups))
    yield from _histogram("call_seconds", groups, "seconds", "places")
    yield from _histogram("first_text_seconds", groups, "first_text_seconds", "first_places")
    yield from _family("timeouts", _timeouts(groups))
    yield from _family("wasted_tokens", _wasted(groups))
    # Nobody is to take a price that is not known for nothing.
    yield from _family("wasted_dollars", ((labels, counts.dollars) for labels, counts in groups if not counts.unpriced))
    turns = ((own | {"from": turn[0], "to": turn[1]}, totals.turns.counts[turn]) for turn in TURNS)
    yield from _family("breaker_transitions", turns)
    yield from _family("breaker_state", [(own, STATES.index(totals.state.state))])
    yield from _family("dropped_attempts", [(own, totals.dropped)])
    rules = [(own | {"rule": each.rule, "severity": each.severity}, each) for each in totals.rules]
    yield from _family("alert_firing", ((labels, each.is_firing) for labels, each in rules))
    yield from _family("alert_level", ((labels, each.level) for labels, each in rules if each.level is not None))


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


def _histogram(name: str, groups: Groups, seconds: str, places: str) -> Iterator[str]:
    yield from _head(name)
    buckets, count, total = samples(name)
    for labels, counts in groups:
        within = list(accumulate(getattr(counts, places)))
        for bound, so_far in zip((*BOUNDS, math.inf), within, strict=True):
            yield _sample(buckets, {**labels, "le": _number(bound)}, so_far)
        yield _sample(count, labels, within[-1])
        yield _sample(total, labels, getattr(counts, seconds))


def _family(name: str, values: Samples) -> Iterator[str]:
    yield from _head(name)
    [sample] = samples(name)
    for labels, value in values:
        yield _sample(sample, labels, value)


def _head(name: str) -> Iterator[str]:
    family = FAMILIES[name]
    yield f"# TYPE {PREFIX}{name} {family.kind}"
    if family.unit:
        yield f"# UNIT {PREFIX}{name} {family.unit}"
    yield f"# HELP {PREFIX}{name} {_escaped(family.about)}."


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _number(value: float) -> str:
    """As short as it can be read back exactly: `20.0`, as Prometheus' own clients write bounds."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
