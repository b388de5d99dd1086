"""Waits that do not grow ask a service that is down as often as one that stumbled."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.retry import Retry
from ..asking import retries_of_ones_own
from ..check import Check, Found, span
from ..finding import Proof
from ..proving import played, quick_failure
from ..subject import Subject

FEW = 3
"""Fewer retries than these need not grow apart."""


class ConstantBackoff(Check):
    """Three retries or more, all after the same wait: the load of retries does not ease off while an outage lasts."""

    id = "constant-backoff"
    severity = "note"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry:
      retries: 5
      backoff: {growth: constant, base: 1s}
      budget: {capacity: 10}
      on: [timeout, rate_limit, overloaded, stream_before_text]
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        for i, retry in retries_of_ones_own(subject):
            backoff = retry.backoff
            is_flat = backoff.growth == "constant" or (backoff.growth == "exponential" and backoff.factor == 1.0)
            if is_flat and backoff.jitter != "decorrelated" and retry.retries >= FEW:
                yield Found(
                    f"The wait before retry {retry.retries} is the one before the first, {span(backoff.base)}: "
                    f"{retry.retries} retries within {retry.retries} x {span(backoff.base)} = "
                    f"{span(retry.retries * backoff.base)} do not ease off.",
                    "- retry: {backoff: {growth: exponential, max: 30s}}",
                    subject.at(i, "backoff"),
                    on_key=False,
                    index=i,
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """One call whose requests are refused."""
        retry = subject.layers[found.index]
        failure = quick_failure(subject, retry.on) if isinstance(retry, Retry) else None
        if failure is None or not isinstance(retry, Retry) or subject.sdk.max_retries:
            return None
        ledger = played(subject, failure.fault, seconds=86_400.0)
        waits = [wait.seconds for wait in ledger.waits if wait.why == "backoff"]
        seen = f"The waits of one call were {', '.join(span(wait) for wait in waits[:6])}."
        jitter = retry.backoff.jitter
        widest = retry.backoff.base + (0.0 if isinstance(jitter, str) else jitter.additive)
        return Proof(seen, len(waits) > 1 and max(waits) <= widest + 0.001)
