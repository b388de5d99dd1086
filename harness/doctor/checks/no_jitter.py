"""Who was sent away together comes back together."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.retry import Retry
from ..asking import retries_of_ones_own
from ..check import Check, Found, span
from ..finding import Proof
from ..proving import played, quick_failure, reckoned
from ..subject import Subject

CLIENTS = 50


class NoJitter(Check):
    """Back-offs without jitter, in more than one process: all who failed in the same instant try again in the same
    instant, retry after retry, and fail each other again."""

    id = "no-jitter"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2, backoff: {base: 2s, jitter: none}, on: [timeout, rate_limit, overloaded, stream_before_text]}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        if not subject.is_one_of_many or subject.sdk.max_retries:  # the SDK's own waits have jitter
            return
        for i, retry in retries_of_ones_own(subject):
            failure = quick_failure(subject, retry.on)
            reached = None if failure is None else reckoned(subject, failure)
            if retry.backoff.jitter == "none" and (reached is None or reached[1] > 1):
                waits = ", ".join(span(retry.backoff.delay(n, 0.5)) for n in range(min(retry.retries, 3)))
                more = ", ..." if retry.retries > 3 else ""
                yield Found(
                    f"No jitter: everybody who failed together waits {waits}{more} and comes back together, 0 s apart.",
                    "- retry: {backoff: {jitter: full}}",
                    subject.at(i, "backoff", "jitter"),
                    on_key=False,
                    index=i,
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """Clients that are all refused within a twentieth of a millisecond."""
        retry = subject.layers[found.index]
        failure = quick_failure(subject, retry.on) if isinstance(retry, Retry) else None
        if failure is None:
            return None
        ledger = played(subject, failure.fault, seconds=3600.0, clients=CLIENTS, every=1e-6)
        second = [each.started for each in ledger.attempts if each.who.attempt == 1 and not each.who.branch]
        if not second:
            return Proof("Nobody tried again.", False)
        apart = max(second) - min(second)
        came = f"{len(second)} of them came back within {apart * 1000:.2f} ms"
        seen = f"{CLIENTS} clients were refused together, and {came}."
        return Proof(seen, len(second) == CLIENTS and apart < 0.001)
