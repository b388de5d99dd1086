"""A monitor's counters in the text format of OpenMetrics, for Prometheus: under the names that alert rules ask for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate

from ..alerts.promql import PREFIX
from .breakers import STATES, TURNS
from .counts import Counts
from .limits import PHASES
from .slots import Group
from .snapshots import Totals
from .tick import BOUNDS

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

Labels = Mapping[str, str]
Samples = Iterable[tuple[Labels, float]]
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
COUNTERS = {
    "calls": ("calls", "Calls that have ended, but for those that were cancelled"),
    "failed_calls": ("failed", "Calls that were not answered"),
    "timed_out_calls": ("timed_out", "Calls that ended in a limit of the client's own"),
    "retried_calls": ("retried", "Calls that were tried again"),
    "rescued_calls": ("rescued", "Calls that were tried again and answered in the end"),
    "cancelled_calls": ("cancelled", "Calls that their callers have cancelled, which are in no other counter of calls"),
    "attempts": ("attempts", "HTTP requests"),
    "prompt_tokens": ("input_tokens", "Tokens of the prompts of answered calls"),
    "answer_tokens": ("output_tokens", "Tokens of answers"),
}
"""Name -> what it counts, and words."""


def exposition(totals: Totals) -> str:
    """The whole of it. It has no time stamps: whoever scrapes it knows when."""
    return "\n".join((*_lines(totals), "# EOF")) + "\n"


def _lines(totals: Totals) -> Iterator[str]:
    own = {"client": totals.name} if totals.name else {}
    groups = [(own | _labels(group), counts) for group, counts in totals.groups.items()]
    for name, (field, about) in COUNTERS.items():
        yield from _counter(name, about, ((labels, getattr(counts, field)) for labels, counts in groups))
    yield from _histogram("call_seconds", "From a call to its answer, retries included", groups, "seconds", "places")
    about = "From a call to the first text of its stream"
    yield from _histogram("first_text_seconds", about, groups, "first_text_seconds", "first_places")
    yield from _counter("timeouts", "Limits that ran out, whether or not a retry made up for it", _timeouts(groups))
    yield from _wasted(groups)
    turns = ((own | {"from": turn[0], "to": turn[1]}, totals.turns.counts[turn]) for turn in TURNS)
    yield from _counter("breaker_transitions", "Changes of a breaker's state", turns)
    state = float(STATES.index(totals.state.state))
    yield from _gauge("breaker_state", "0 while every breaker is closed, 1 half-open, 2 open", [(own, state)])
    about = "Attempts that were let go before their calls had ended, as there were too many"
    yield from _counter("dropped_attempts", about, [(own, totals.dropped)])
    rules = [(own | {"rule": each.rule, "severity": each.severity}, each) for each in totals.rules]
    firing = [(labels, float(each.is_firing)) for labels, each in rules]
    levels = [(labels, each.level) for labels, each in rules if each.level is not None]
    if rules:
        yield from _gauge("alert_firing", "Whether somebody is being called by this rule", firing)
        yield from _gauge("alert_level", "What a rule has measured, in units of its limit", levels)


def _labels(group: Group) -> dict[str, str]:
    return {"model": group.model} | ({"endpoint": group.endpoint} if group.endpoint else {})


def _timeouts(groups: Iterable[tuple[Labels, Counts]]) -> Iterator[tuple[Labels, float]]:
    for labels, counts in groups:
        for phase in dict.fromkeys((*PHASES, *counts.limits)):
            yield {**labels, "phase": phase}, counts.limits[phase]


def _wasted(groups: Iterable[tuple[Labels, Counts]]) -> Iterator[str]:
    """Dollars only where all prices are known: nobody is to take what is not known for nothing."""
    groups = list(groups)
    tokens: list[tuple[Labels, float]] = []
    for labels, counts in groups:
        tokens.append(({**labels, "kind": "input"}, counts.wasted_input))
        tokens.append(({**labels, "kind": "output"}, counts.wasted_output))
    yield from _counter("wasted_tokens", "Tokens that were paid for and are in no answer, as far as is known", tokens)
    dollars = [(labels, counts.dollars) for labels, counts in groups if not counts.unpriced]
    yield from _counter("wasted_dollars", "What they cost, where the price is known", dollars)


def _histogram(
    name: str, about: str, groups: Iterable[tuple[Labels, Counts]], seconds: str, places: str
) -> Iterator[str]:
    yield from _head(name, "histogram", about, "seconds")
    for labels, counts in groups:
        within = list(accumulate(getattr(counts, places)))
        for bound, count in zip((*BOUNDS, math.inf), within, strict=True):
            yield _sample(f"{name}_bucket", {**labels, "le": _number(bound)}, count)
        yield _sample(f"{name}_count", labels, within[-1])
        yield _sample(f"{name}_sum", labels, getattr(counts, seconds))


def _counter(name: str, about: str, samples: Samples) -> Iterator[str]:
    yield from _head(name, "counter", about)
    for labels, value in samples:
        yield _sample(f"{name}_total", labels, value)


def _gauge(name: str, about: str, samples: Samples) -> Iterator[str]:
    yield from _head(name, "gauge", about)
    for labels, value in samples:
        yield _sample(name, labels, value)


def _head(name: str, kind: str, about: str, unit: str = "") -> Iterator[str]:
    yield f"# TYPE {PREFIX}{name} {kind}"
    if unit:
        yield f"# UNIT {PREFIX}{name} {unit}"
    yield f"# HELP {PREFIX}{name} {_escaped(about)}."


def _sample(name: str, labels: Labels, value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{PREFIX}{name}{{{inside}}} {_number(value)}" if inside else f"{PREFIX}{name} {_number(value)}"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _number(value: float) -> str:
    """As short as it can be read back exactly: `20.0`, as Prometheus' own clients write bounds."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
