"""Points that a search tries before any other: what theory makes of one run, and what others have at the same place.

A guess costs a candidate and no more: it races like every other, and one that makes no client is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..client import Client
from ..files import FileError
from ..latencies.survival import Survival, survival
from ..metrics import Observed
from ..policies.layers.deadline import Deadline
from ..policies.layers.retry import Retry
from .borrowing import borrowed, lenders
from .closed_form import Split, hedge_after, restart_after, split
from .durations import DEADLINE, HEDGE, RETRIES, durations, limited_by
from .parameters import Parameter
from .playing import Stage
from .space import Point, Space

MOST = 4
"""Guesses of a search: half of its first batch, so that the other half still spreads over the ranges."""


def guesses(space: Space, stage: Stage, against: Client | None = None) -> list[Point]:
    """At most `MOST`, the likeliest first, all different. Plays one run of each scenario, whose calls are counted."""
    found = [*_computed(space, stage), *borrowed(space, lenders(stage.scenarios, against))]
    return list(dict.fromkeys(point for point in map(space.rounded, found) if _is_client(space, point)))[:MOST]


def _is_client(space: Space, point: Point) -> bool:
    try:
        space.client(point)
    except FileError:
        return False
    return True


class Known(NamedTuple):
    """What runs say in which no limit that is open cut much."""

    by: Mapping[str, Survival]
    """How long it took, by what a limit is about; not where nothing of the kind has ended."""
    wait: float
    """The mean seconds before another attempt."""
    split: Split | None
    """The client's deadline in equal parts; None where it has none."""


def _computed(space: Space, stage: Stage) -> list[Point]:
    """Of one run of each scenario with every limit at the top of its range, everything else in the middle."""
    top = space.rounded([p.high if _is_limit(p) else p.at_share(0.5) for p in space.parameters])
    if not any(map(_is_limit, space.parameters)) or not _is_client(space, top):
        return []
    return computed(space, known(space, stage.probe(space.client(top))))


def known(space: Space, runs: Sequence[Observed]) -> Known:
    """What runs say of the limits that are open."""
    by = {}
    for which in dict.fromkeys(["whole", *filter(None, (limited_by(p.at) for p in space.parameters))]):
        seen = durations(runs, which)
        if any(each.is_whole for each in seen):
            by[which] = survival(seen)
    waits = [wait.seconds for run in runs for wait in run.ledger.waits]
    wait = sum(waits) / len(waits) if waits else 0.0
    layers = space.client(space.middle).layers
    deadline = next((layer.total for layer in layers if isinstance(layer, Deadline)), None)
    retries = next((layer.retries for layer in layers if isinstance(layer, Retry)), 0)
    most = 1 + next((round(p.high) for p in space.parameters if _is_retries(p)), retries)
    whole = by.get("whole")
    return Known(by, wait, None if deadline is None or whole is None else split(whole, deadline, wait, most))


def computed(space: Space, what: Known) -> list[Point]:
    """Asking again as soon as that pays; and, where there is a deadline, as often as fits into it."""
    soon = tuple(_soon(parameter, what) for parameter in space.parameters)
    if what.split is None:
        return [soon]
    return [soon, tuple(_fitting(p, what.split, value) for p, value in zip(space.parameters, soon, strict=True))]


def _soon(parameter: Parameter, what: Known) -> float:
    if parameter.kind == "duration":
        if (seen := what.by.get(limited_by(parameter.at))) is not None:
            return restart_after(seen, what.wait)
        if parameter.at[-2:] == HEDGE and (whole := what.by.get("whole")) is not None:
            return hedge_after(whole)
    return parameter.at_share(0.5)


def _fitting(parameter: Parameter, part: Split, otherwise: float) -> float:
    if _is_retries(parameter):
        return part.tries - 1.0
    return (
        part.limit if parameter.kind == "duration" and limited_by(parameter.at) in ("silence", "whole") else otherwise
    )


def _is_limit(parameter: Parameter) -> bool:
    is_known = limited_by(parameter.at) != "" or parameter.at[-2:] in (HEDGE, DEADLINE)
    return parameter.kind == "duration" and is_known


def _is_retries(parameter: Parameter) -> bool:
    return parameter.kind == "count" and parameter.at[-2:] == RETRIES
