"""All that a monitor holds, and what each record changes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..production.records import FinishedCall
from ..records import AttemptRecord, BreakerRecord
from .breakers import Breakers
from .ended import ended
from .gathering import Gathering
from .limits import ran_out
from .slots import OTHER, Group, Kept, group
from .snapshots import Held, Totals
from .wasting import has_begun, priced, waste
from .watching import Watching

UNTOLD = frozenset({"censored", "skipped"})
"""Ends of calls that were none: nobody was asked, or the run was over."""


class _Late(NamedTuple):
    """What is remembered of a call for attempts that end after it."""

    group: Group
    model: str
    input_tokens: int


class Holding:
    """Not for several threads at once. Times are seconds since the beginning, and none is before the last. `windows`:
    name -> seconds, the shortest first."""

    def __init__(
        self, name: str, windows: Mapping[str, float], models: Sequence[str], most_groups: int, watching: Watching
    ) -> None:
        self._name = name
        self._windows = windows
        self._lengths = list(windows.values())
        self._most = most_groups
        self._watching = watching
        self._gathering: Gathering[_Late] = Gathering()
        self._breakers = Breakers(self._lengths)
        self._kept: dict[Group, Kept] = {}
        for model in models:
            self._of(group(model, ""))

    def advance(self, now: float) -> None:
        """Time has passed."""
        self._watching.advance(now)

    def tell(self, record: Any, now: float) -> None:
        """One more record; waits are of no interest."""
        kind = record.__class__
        if kind is FinishedCall:
            self._ended(record, now)
        elif kind is AttemptRecord:
            self._tried(record, now)
        elif kind is BreakerRecord:
            self._breakers.add(now, record)

    def held(self, now: float) -> Held:
        """What the windows hold."""
        return Held(
            self._name,
            now,
            self._windows,
            {which: kept.rings.within(now) for which, kept in self._kept.items()},
            self._breakers.rings.within(now),
            self._breakers.state(),
            self._watching.states(),
            self._gathering.dropped,
        )

    def totals(self) -> Totals:
        """Everything since the beginning."""
        return Totals(
            self._name,
            {which: kept.totals.copy() for which, kept in self._kept.items()},
            self._breakers.totals.copy(),
            self._breakers.state(),
            self._watching.states(),
            self._gathering.dropped,
        )

    def _tried(self, attempt: AttemptRecord, now: float) -> None:
        late = self._gathering.add(attempt)
        if late is not None and has_begun(attempt):
            self._of(late.group).add_waste(now, priced(late.input_tokens, attempt.tokens, late.model))

    def _ended(self, call: FinishedCall, now: float) -> None:
        attempts = self._gathering.take(call[:2])
        if call.outcome in UNTOLD:
            return
        which, tokens = group(*call.target), call.usage[1]
        told = ended(call, attempts, (call.tokens if tokens is None else tokens) if call.outcome == "ok" else 0)
        self._of(which).add(now, told, ran_out(call, attempts), waste(call, attempts, call.model))
        if told is not None:
            self._watching.add(told)
        if len(attempts) < call.attempts:
            self._gathering.remember(call[:2], _Late(which, call.model, call.input_tokens))

    def _of(self, which: Group) -> Kept:
        found = self._kept.get(which)
        if found is None:
            if len(self._kept) >= self._most:
                which = OTHER
            found = self._kept.setdefault(which, Kept(self._lengths))
        return found
