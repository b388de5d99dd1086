"""What it cost in tokens and dollars, and how much of that was thrown away."""

from __future__ import annotations

import math
from collections import Counter

from .observed import Absent, Observed


def _billed(seen: Observed) -> tuple[int, int, float, float]:
    """Tokens billed, tokens billed for answers nobody got, and both in dollars."""
    billing = seen.scenario.server.billing
    tokens = wasted = 0
    dollars = lost = 0.0
    for served, is_answer in seen.served:
        given, made = billing.tokens(served)
        price = billing.dollars(given, made)
        tokens += given + made
        dollars += price
        if not is_answer:
            wasted += given + made
            lost += price
    return tokens, wasted, dollars, lost


def wasted_tokens(seen: Observed) -> float | Absent:
    tokens, wasted, _, _ = _billed(seen)
    return wasted / tokens if tokens else Absent("nothing was billed")


def waste_per_call(seen: Observed) -> float:
    return _billed(seen)[3] / len(seen.ledger.calls)


def cost_per_good_call(seen: Observed) -> float:
    good = sum(seen.good)
    return _billed(seen)[2] / good if good else math.inf


def duplicates(seen: Observed) -> float:
    """For each call, answers made to their end beyond the first: work done, and billed, twice."""
    made = Counter((served.who.client, served.who.call) for served in seen.ledger.journal if served.is_complete)
    return sum(count - 1 for count in made.values()) / len(seen.ledger.calls)
