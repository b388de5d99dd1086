"""A breaker inside a retry: one call's own tries are enough to open it for everybody."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...policies.layers.breaker import Breaker
from ...policies.layers.retry import Retry
from ..check import Check, Found
from ..finding import Proof
from ..proving import played, quick_failure
from ..subject import Subject


class OneCallOpensBreaker(Check):
    """The breaker stands inside a `retry` that tries at least as often as the breaker wants failures in a row: a single
    call that fails shuts out all others of its process, and its own last tries are turned away."""

    id = "one-call-opens-breaker"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 6, backoff: {max: 4s}, budget: {capacity: 10}}
  - breaker: {failures: 5, open_for: 10s}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        for i, breaker in subject.each(Breaker):
            tries = [layer.retries + 1 for j, layer in subject.each(Retry) if j < i]
            count = math.prod(tries)
            wanted = breaker.failures if breaker.window is None else breaker.window.minimum
            if count > 1 and count >= wanted:
                yield Found(
                    f"{' x '.join(map(str, tries))} tries of one call >= {wanted} failures: a single call that fails "
                    "opens the breaker for all others of its process.",
                    f"- breaker: {{failures: {count + 1}}}  # or the breaker outside of the retry",
                    subject.at(i, "failures" if breaker.window is None else "window"),
                    on_key=False,
                    index=i,
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """One call, all of whose requests are refused."""
        causes = [layer.on for j, layer in subject.each(Retry) if j < found.index]
        failure = quick_failure(subject, tuple(cause for cause in causes[-1] if all(cause in on for on in causes)))
        breaker = subject.layers[found.index]
        if failure is None or not isinstance(breaker, Breaker) or breaker.counts is not None:
            return None
        ledger = played(subject, failure.fault, seconds=86_400.0)
        opened = sum(each.after == "open" for each in ledger.breaker)
        seen = f"When every request of one call was {failure.words}, the breaker opened {opened} times."
        return Proof(seen, opened > 0)
