"""What it cost in tokens and dollars, and how much of that was thrown away."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from . import calls
from .observed import Absent, Observed
from .tally import Ratio, Sums, Whole, tally


@dataclass(frozen=True, slots=True)
class _Bill(Sums):
    """Tokens billed; and those of them that were billed for answers nobody got."""

    given: int = 0
    made: int = 0
    given_in_vain: int = 0
    made_in_vain: int = 0


@tally
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


@tally
def _duplicates(seen: Observed) -> Ratio:
    made = Counter(served.who[:2] for served in seen.ledger.journal if served.is_complete)
    return Ratio(sum(count - 1 for count in made.values()), len(seen.ledger.calls))


def wasted_tokens(run: Whole) -> float | Absent:
    bill = run.total(_bill)
    tokens = bill.given + bill.made
    return (bill.given_in_vain + bill.made_in_vain) / tokens if tokens else Absent("nothing was billed")


def waste_per_call(run: Whole) -> float:
    bill = run.total(_bill)
    return run.scenario.server.billing.dollars(bill.given_in_vain, bill.made_in_vain) / run.total(calls.good).of


def cost_per_good_call(run: Whole) -> float:
    bill, good = run.total(_bill), run.total(calls.good).amount
    return run.scenario.server.billing.dollars(bill.given, bill.made) / good if good else math.inf


def duplicates(run: Whole) -> float:
    """For each call, answers made to their end beyond the first: work done, and billed, twice."""
    return run.total(_duplicates).value
