"""Who comes back before the time that the service named is sent away again."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.retry import Retry
from ..check import Check, Found, span
from ..figures import OVERLOADED, spent
from ..finding import Proof
from ..proving import played
from ..subject import Subject


class RetryAfterIgnored(Check):
    """`retry_after: ignore` with `rate_limit` among the causes: the service says that earlier retries will fail, so
    that they cost requests and bring nothing."""

    id = "retry-after-ignored"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2, retry_after: ignore}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 20s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        for i, retry in subject.each(Retry):
            is_deaf = retry.retry_after == "ignore" and not subject.sdk.max_retries  # else the SDK obeys it
            if retry.retries and is_deaf and "rate_limit" in retry.on:
                waits = spent(
                    (
                        retry.model_copy(update={"on": ("overloaded",), "budget": None}),
                        subject.sdk.model_copy(update={"max_retries": 0}),
                    ),
                    OVERLOADED,
                    0.0,
                ).seconds
                yield Found(
                    f"A retry-after is ignored: all {retry.retries} retries are over after {span(waits)} at most, and "
                    "the service refuses what comes earlier than it said.",
                    "- retry: {retry_after: {at_most: 60s, beyond: give_up}}",
                    subject.at(i, "retry_after"),
                    on_key=False,
                    index=i,
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A 429 that asks for a minute."""
        ledger = played(subject, {"kind": "rate_limit", "retry_after": "1000m"}, seconds=86_400.0)
        waits = [wait for wait in ledger.waits if wait.why == "backoff"]
        shortest = min((wait.seconds for wait in waits), default=60_000.0)
        seen = f"A 429 asked for 1000m, and was asked again after {span(shortest)}."
        return Proof(seen, shortest < 60_000.0)
