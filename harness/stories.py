"""What became of each call, without times: what two backends tell alike where nothing is left to chance."""

from __future__ import annotations

from typing import NamedTuple

from .ledger import Ledger


class Story(NamedTuple):
    """What became of one call, without times."""

    outcome: str
    exception: str
    attempts: tuple[tuple[int, int, str, str | None, int | None, bool, int, int, int], ...]


def stories(ledger: Ledger) -> dict[tuple[int, int], Story]:
    """(client, call) -> its story."""
    return {
        (call.client, call.call): Story(
            call.outcome,
            call.exception,
            tuple(
                (a.who.branch, a.who.attempt, a.outcome, a.phase, a.status, a.is_fresh, a.tokens, a.shown, a.late)
                for a in sorted(ledger.attempts)
                if (a.who.client, a.who.call) == (call.client, call.call)
            ),
        )
        for call in ledger.calls
    }
