"""What became of each call, without times: what two backends tell alike where nothing is left to chance."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from .ledger import Ledger

Attempt: TypeAlias = tuple[int, int, str, str | None, int | None, bool, int, int, int]


class Story(NamedTuple):
    """What became of one call, without times."""

    outcome: str
    exception: str
    attempts: tuple[Attempt, ...]


def stories(ledger: Ledger) -> dict[tuple[int, int], Story]:
    """(client, call) -> its story."""
    told: dict[tuple[int, int], list[Attempt]] = {}
    for a in sorted(ledger.attempts):
        told.setdefault(a.who[:2], []).append(
            (a.who.branch, a.who.attempt, a.outcome, a.phase, a.status, a.is_fresh, a.tokens, a.shown, a.late)
        )
    return {call[:2]: Story(call.outcome, call.exception, tuple(told.get(call[:2], ()))) for call in ledger.calls}
