"""Retries that nothing bounds make an outage worse by their number."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.retry import Retry
from ...policies.layers.sdk import Sdk
from ..asking import retries_of_ones_own
from ..check import Check, Found, plural
from ..factors import factors, product
from ..finding import Proof
from ..proving import SDK_CAUSES, Failure, played, quick_failure, reckoned
from ..subject import Subject
from ..walk import MOST

FEW = 2
"""Requests for a call that may be: one retry doubles the load at worst."""
CLIENTS = 20


class NoRetryBudget(Check):
    """More than one retry, in more than one process, and no `budget`: when the service refuses everything, the load on
    it is multiplied by the number of tries, by every process at once, until it is up again."""

    id = "no-retry-budget"
    severity = "note"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 3, on: [timeout, rate_limit, overloaded, stream_before_text]}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        retries = retries_of_ones_own(subject)
        if not subject.is_one_of_many or any(retry.budget is not None for _, retry in retries):
            return
        found = [f for f in factors(subject.layers) if isinstance(subject.layers[f.layer], Retry | Sdk)]
        if product(found) <= FEW:
            return
        reached = reckoned(subject, failure) if (failure := _failure(subject)) else None
        if reached is not None and reached[1] <= FEW:
            return  # there is no time for more
        where = retries[0][0] if retries else len(subject.layers) - 1
        yield Found(
            f"No budget of retries: while everything fails, each call is {' x '.join(f.words for f in found)} = "
            f"{plural(product(found), 'request')}, in every process at once.",
            "- retry: {budget: {deposit: 0.2, capacity: 10}}"
            if retries
            else "- retry: {retries: 2, budget: {deposit: 0.2, capacity: 10}}, with - sdk: {max_retries: 0}",
            subject.at(where),
            code="brownout.resilient with - retry: {budget: {deposit: 0.2, capacity: 10}}",
            index=where,
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """Clients, all of whose requests are refused."""
        failure = _failure(subject)
        reached = None if failure is None else reckoned(subject, failure)
        if failure is None or reached is None or reached[1] * CLIENTS > MOST:
            return None
        ledger = played(subject, failure.fault, seconds=7 * 86_400.0, clients=CLIENTS)
        each = len(ledger.attempts) / CLIENTS
        seen = f"When every request was {failure.words}, {each:.1f} requests were sent for each call."
        return Proof(seen, reached[0] <= each <= reached[1])


def _failure(subject: Subject) -> Failure | None:
    """One that whoever retries tries again."""
    retries = retries_of_ones_own(subject)
    return quick_failure(subject, retries[-1][1].on if retries else SDK_CAUSES)
