"""Whether two runs are the same in every record, as the simulator and virtual time are held to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from brownout.fakes.draws import Identity

from .ledger import Ledger

WHOLE = 1e-9
"""Seconds by which two ways to compute the same time may differ."""


def rows(records: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Records of any kind as tuples."""
    return [
        tuple(record) if isinstance(record, tuple) else tuple(map(record.__getattribute__, record.__slots__))
        for record in records
    ]


def is_same(one: Any, other: Any) -> bool:
    """Equal, but for the rounding of times."""
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= WHOLE
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(map(is_same, one, other))
    return bool(one == other)


def waits_that_ended(ledger: Ledger) -> list[tuple[Identity, float, float]]:
    """Pauses with an attempt behind them: of one that is cut short the SDK tells nobody, nor why it waits at all."""
    sent = {attempt.who for attempt in ledger.attempts}
    found = ((wait.after, wait.at, wait.seconds) for wait in ledger.waits)
    return sorted(wait for wait in found if wait[0]._replace(attempt=wait[0].attempt + 1) in sent)


def first_difference(sim: Ledger, virtual: Ledger) -> object:
    """The first record of the one that is not in the other at the same place; None if there is none."""
    pairs = {
        "calls": (rows(sim.calls), rows(virtual.calls)),
        "attempts": (rows(sim.attempts), rows(virtual.attempts)),
        "waits": (waits_that_ended(sim), waits_that_ended(virtual)),
        "breaker": (rows(sim.breaker), rows(virtual.breaker)),
        "journal": (rows(sim.journal), rows(virtual.journal)),
        "faults": (list(sim.faults.items()), list(virtual.faults.items())),
    }
    for name, (ours, theirs) in pairs.items():
        if len(ours) != len(theirs):
            return name, len(ours), len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            if not is_same(one, other):
                return name, one, other
    return None
