"""What is counted of calls: what ticks have, and what only a monitor tells. Counts can be put together."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable

from .ended import Ended
from .tick import BOUNDS, Tally
from .wasting import Waste

_SUMS = tuple(name for name in Tally.__slots__ if name != "places")


class Counts(Tally):
    """Of calls that say something of the service, but for `cancelled`, `limits` and what was wasted: of all."""

    __slots__ = ("cancelled", "dollars", "first_places", "limits", "unpriced", "wasted_input", "wasted_output")

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = 0
        self.first_places = [0] * (len(BOUNDS) + 1)
        """As `places`, of the times to the first text."""
        self.limits: Counter[str] = Counter()
        """Phase -> limits that ran out."""
        self.wasted_input = self.wasted_output = 0
        self.dollars = 0.0
        """Of wasted tokens whose price is known."""
        self.unpriced = 0
        """Wasted tokens whose price is not."""

    def add(self, call: Ended) -> None:
        super().add(call)
        if call.first_text is not None:
            self.first_places[bisect_left(BOUNDS, call.first_text)] += 1

    def add_limits(self, phases: Iterable[str]) -> None:
        for phase in phases:
            self.limits[phase] += 1

    def add_waste(self, waste: Waste) -> None:
        self.wasted_input += waste.input_tokens
        self.wasted_output += waste.output_tokens
        if waste.dollars is None:
            self.unpriced += waste.input_tokens + waste.output_tokens
        else:
            self.dollars += waste.dollars

    def merge(self, other: Counts) -> None:
        """All that another one has counted."""
        for name in _SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.cancelled += other.cancelled
        self.places = [mine + theirs for mine, theirs in zip(self.places, other.places, strict=True)]
        self.first_places = [mine + theirs for mine, theirs in zip(self.first_places, other.first_places, strict=True)]
        self.limits.update(other.limits)
        self.wasted_input += other.wasted_input
        self.wasted_output += other.wasted_output
        self.dollars += other.dollars
        self.unpriced += other.unpriced

    def copy(self) -> Counts:
        found = Counts()
        found.merge(self)
        return found
