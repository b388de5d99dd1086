"""The breakers of a client, by their transitions alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..records import BreakerRecord
from .figures import BreakerState
from .rings import Rings

STATES = ("closed", "half-open", "open")
"""The worst of several is the one that stands last. As a number it is its place."""
Turn = tuple[str, str]
"""From a state to another."""
TURNS: tuple[Turn, ...] = (
    ("closed", "open"),
    ("open", "half-open"),
    ("half-open", "closed"),
    ("half-open", "open"),
)
"""All there are."""


class Turns:
    """How often each has happened in a stretch of time."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[Turn] = Counter()

    def merge(self, other: Turns) -> None:
        self.counts.update(other.counts)

    def copy(self) -> Turns:
        found = Turns()
        found.merge(self)
        return found

    def named(self) -> dict[str, int]:
        """By names such as `closed -> open`."""
        return {f"{before} -> {after}": count for (before, after), count in sorted(self.counts.items())}


class Breakers:
    """All of a client's: a layer may have one for each model or endpoint, and records do not say which it was. Every
    one begins closed."""

    def __init__(self, windows: Sequence[float]) -> None:
        self.totals = Turns()
        self.rings: Rings[Turns] = Rings(windows, Turns)
        self._states: Counter[str] = Counter()

    def add(self, now: float, record: BreakerRecord) -> None:
        """One has changed its state."""
        turn = record.before, record.after
        self.totals.counts[turn] += 1
        self.rings.current(now).counts[turn] += 1
        self._states[record.before] -= 1
        self._states[record.after] += 1

    def state(self) -> BreakerState:
        """Where they are now."""
        opened, half_open = (max(0, self._states[state]) for state in ("open", "half-open"))
        worst = "open" if opened else "half-open" if half_open else "closed"
        return BreakerState(worst, opened, half_open, self.totals.named())
