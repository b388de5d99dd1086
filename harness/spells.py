"""How long clients had a breaker that was open, by bins of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .bins import edges_of, overlap
from .metrics import Observed
from .metrics.tally import tally
from .tables import Column


class _Spell(NamedTuple):
    """One breaker, open."""

    begins: float
    client: int
    ends: float


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Seconds of the spells that are settled, by bins; and those that spells of other parts may overlap."""

    edges: Column
    settled: Column
    until: dict[int, float]
    """Of each client: when the last of its spells that are settled ends."""
    recent: list[_Spell]
    """In the order in which they begin."""
    watermark: float
    """All that began before has been seen."""

    def plus(self, part: Spells) -> Spells:
        recent = sorted(self.recent + part.recent)
        over = [spell for spell in recent if spell.begins < part.watermark]
        until = dict(self.until)
        settled = self.settled + _seconds(over, until, self.edges)
        return Spells(self.edges, settled, until, recent[len(over) :], part.watermark)

    def seconds(self) -> Column:
        """Of all of them, by bins."""
        return self.settled + _seconds(self.recent, dict(self.until), self.edges)


@tally
def open_spells(seen: Observed) -> Spells:
    """Of every breaker of every client."""
    edges, records = edges_of(seen.scenario), seen.ledger.breaker
    spells = [_Spell(each.at, each.client, each.until) for each in records if each.until is not None]
    return Spells(edges, np.zeros(len(edges) - 1), {}, spells, seen.watermark)


def _seconds(spells: Iterable[_Spell], until: dict[int, float], edges: Column) -> Column:
    begins, ends = np.array(list(_apart(spells, until)), dtype=float).reshape(-1, 2).T
    return overlap(begins, ends, edges)


def _apart(spells: Iterable[_Spell], until: dict[int, float]) -> Iterator[tuple[float, float]]:
    """From when to when each client has a breaker that is open: it may have several, one for each kind of call. Once
    its time is over one stays open in name until the next call. `until` is taken forward."""
    for spell in spells:
        begins = max(spell.begins, until.get(spell.client, 0.0))
        if spell.ends > begins:
            yield begins, spell.ends
            until[spell.client] = spell.ends
