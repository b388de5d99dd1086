"""Attempts of calls that have not ended yet, in bounded memory; and a ledger told as a resilient client would."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from ..ledger import Ledger
from ..production.records import FinishedCall
from ..records import AttemptRecord
from .ended import output_tokens

MOST, RECENT = 10_000, 1_000
"""Attempts that are kept, and calls that are remembered which have left attempts behind."""

Key = tuple[int, int]
"""Client and call."""
Known = TypeVar("Known")


class Gathering(Generic[Known]):
    """Not for several threads at once. `Known`: whatever is to be remembered of a call for its late attempts."""

    def __init__(self, most: int = MOST, recent: int = RECENT) -> None:
        self._most, self._recent = most, recent
        self._open: OrderedDict[Key, list[AttemptRecord]] = OrderedDict()
        self._count = 0
        self._ended: OrderedDict[Key, Known] = OrderedDict()
        self.dropped = 0
        """Attempts that were let go as there were too many, before their calls ended."""

    def add(self, attempt: AttemptRecord) -> Known | None:
        """What is remembered of its call, if that has ended before: a branch that has lost. Else it is kept."""
        key = attempt.who[:2]
        if key in self._ended:
            return self._ended[key]
        self._open.setdefault(key, []).append(attempt)
        self._count += 1
        while self._count > self._most:
            lost = len(self._open.popitem(last=False)[1])
            self._count -= lost
            self.dropped += lost
        return None

    def take(self, key: Key) -> list[AttemptRecord]:
        """A call has ended: its attempts, in the order in which they ended."""
        found = self._open.pop(key, [])
        self._count -= len(found)
        return found

    def remember(self, key: Key, known: Known) -> None:
        """Some of its attempts are still to come."""
        self._ended[key] = known
        if len(self._ended) > self._recent:
            self._ended.popitem(last=False)


def replay(ledger: Ledger, model: str = "") -> Iterator[tuple[float, Any]]:
    """When, and what hooks would have been told of this run: attempts, breakers and calls as they end, attempts before
    the calls that end in the same instant. `model`: which was asked, as ledgers do not say."""
    tokens_of = output_tokens(ledger)
    told: list[tuple[float, int, Any]] = [
        (each.finished, 0, each) for each in ledger.attempts if each.finished is not None
    ]
    told += [(each.at, 1, each) for each in ledger.breaker]
    for call in ledger.calls:
        if call.finished is not None:
            usage = call.input_tokens, tokens_of(call)
            told.append((call.finished, 2, FinishedCall.known(call, model, usage, (model, ""))))
    told.sort(key=lambda each: each[:2])
    return ((at, record) for at, _, record in told)
