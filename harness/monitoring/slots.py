"""What one group of calls has come to: since the beginning, and within the windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from .counts import Counts
from .ended import Ended
from .histograms import Histogram
from .rings import Rings
from .wasting import NOTHING, Waste

_LONGEST_NAME = 128


class Group(NamedTuple):
    """Who has answered, or was asked last: the model, and the endpoint's host; empty for the client's own."""

    model: str
    endpoint: str = ""


OTHER = Group("other")
"""Stands for all that came when there were groups enough."""


def group(model: str, endpoint: str) -> Group:
    """Of names as they come: no longer than need be, and without what an address may have of keys."""
    if not endpoint:
        return Group(model[:_LONGEST_NAME])
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return Group(model[:_LONGEST_NAME], OTHER.model)
    return Group(model[:_LONGEST_NAME], f"{host}:{port}" if port else host)


class Slot:
    """Calls of one stretch of time. Histograms are made when there is something to go into them."""

    __slots__ = ("counts", "first_text", "latency")

    def __init__(self) -> None:
        self.counts = Counts()
        self.latency: Histogram | None = None
        """Of answered calls."""
        self.first_text: Histogram | None = None

    def add(self, call: Ended) -> None:
        """One more."""
        self.counts.add(call)
        if call.is_ok:
            if self.latency is None:
                self.latency = Histogram()
            self.latency.record(call.seconds)
        if call.first_text is not None:
            if self.first_text is None:
                self.first_text = Histogram()
            self.first_text.record(call.first_text)

    def merge(self, other: Slot) -> None:
        """All that another one holds."""
        self.counts.merge(other.counts)
        self.latency = _merged(self.latency, other.latency)
        self.first_text = _merged(self.first_text, other.first_text)

    def copy(self) -> Slot:
        found = Slot()
        found.merge(self)
        return found


def merged(slots: Iterable[Slot]) -> Slot:
    """All of them as one."""
    found = Slot()
    for slot in slots:
        found.merge(slot)
    return found


def _merged(mine: Histogram | None, other: Histogram | None) -> Histogram | None:
    if other is None:
        return mine
    if mine is None:
        mine = Histogram()
    mine.add(other)
    return mine


class Kept:
    """Of one group: `totals` since the beginning, `rings` of the windows."""

    __slots__ = ("rings", "totals")

    def __init__(self, windows: Sequence[float]) -> None:
        self.totals = Counts()
        self.rings: Rings[Slot] = Rings(windows, Slot)

    def add(self, now: float, call: Ended | None, phases: Sequence[str], waste: Waste) -> None:
        """A call has ended; None for one that was cancelled."""
        slot = self.rings.current(now)
        totals, counts = self.totals, slot.counts
        if call is None:
            totals.cancelled += 1
            counts.cancelled += 1
        else:
            totals.add(call)
            slot.add(call)
        if phases:
            totals.add_limits(phases)
            counts.add_limits(phases)
        if waste is not NOTHING:
            self.add_waste(now, waste)

    def add_waste(self, now: float, waste: Waste) -> None:
        """Tokens were paid for in vain."""
        self.totals.add_waste(waste)
        self.rings.current(now).counts.add_waste(waste)
