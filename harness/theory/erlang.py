"""Erlang's formulas: of `load` in erlangs (calls a second times the seconds of one) on so many slots."""

from __future__ import annotations


def loss(load: float, slots: int) -> float:
    """Erlang B: the share that finds every slot busy where nobody waits, whatever the distribution of service times.
    By recursion over slots (Erlang, 1917; Jagerman, 1974)."""
    found = 1.0
    for slot in range(1, slots + 1):
        found = load * found / (slot + load * found)
    return found


def waiting(load: float, slots: int) -> float:
    """Erlang C: the share that has to wait where all do who find no slot. `load` is below `slots`."""
    lost = loss(load, slots)
    return slots * lost / (slots - load * (1.0 - lost))
