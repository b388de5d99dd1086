"""What it cost in tokens and dollars, and how much of that was thrown away."""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from .observed import Absent, Observed, once


class _Bill(NamedTuple):
    """Tokens billed; and those of them that were billed for answers nobody got."""

    given: int = 0
    made: int = 0
    given_in_vain: int = 0
    made_in_vain: int = 0


@once
def _bill(seen: Observed) -> _Bill:
    count, used = seen.scenario.server.billing.tokens, seen.used
    given = made = given_in_vain = made_in_vain = 0
    for served in seen.ledger.journal:
        prompt, answer = count(served)
        given += prompt
        made += answer
        if served.who not in used:
            given_in_vain += prompt
            made_in_vain += answer
    return _Bill(given, made, given_in_vain, made_in_vain)


def wasted_tokens(seen: Observed) -> float | Absent:
    bill = _bill(seen)
    tokens = bill.given + bill.made
    return (bill.given_in_vain + bill.made_in_vain) / tokens if tokens else Absent("nothing was billed")


def waste_per_call(seen: Observed) -> float:
    bill = _bill(seen)
    return seen.scenario.server.billing.dollars(bill.given_in_vain, bill.made_in_vain) / len(seen.ledger.calls)


def cost_per_good_call(seen: Observed) -> float:
    bill, good = _bill(seen), sum(seen.good)
    return seen.scenario.server.billing.dollars(bill.given, bill.made) / good if good else math.inf


def duplicates(seen: Observed) -> float:
    """For each call, answers made to their end beyond the first: work done, and billed, twice."""
    made = Counter(served.who[:2] for served in seen.ledger.journal if served.is_complete)
    return sum(count - 1 for count in made.values()) / len(seen.ledger.calls)
