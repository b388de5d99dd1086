"""A `retry-after` of any length is obeyed, and nothing ends the call meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.deadline import Deadline
from ...policies.layers.retry import Retry, RetryAfter
from ...policies.sdks.python import LONGEST_RETRY_AFTER
from ..check import Check, Found
from ..finding import Proof
from ..proving import played
from ..subject import Subject

HOUR = 3600.0


class RetryAfterUncapped(Check):
    """Whoever retries obeys the service's `retry-after`, however long it is, and no `deadline` ends the call. The SDK's
    own retries (2.x) sleep for up to 4,294,967 s; a `retry` layer without `at_most` or `within` for as long as it is
    told. The older SDK obeys up to 60 s only."""

    id = "retry-after-uncapped"
    severity = "warning"
    example = "layers: [{content_gap: {limit: 10s}}, {sdk: {max_retries: 2}}]"

    def look(self, subject: Subject) -> Iterator[Found]:
        if subject.has(Deadline):
            return
        for i, retry in subject.each(Retry):
            capped = isinstance(retry.retry_after, RetryAfter) and retry.retry_after.at_most is not None
            told = {"rate_limit", "overloaded"} & {*retry.on}
            if retry.retries and told and not capped and retry.retry_after != "ignore" and retry.within is None:
                yield Found(
                    "A retry-after of 1h is slept for an hour, up to "
                    f"{retry.retries} times = {retry.retries}h: neither `at_most` nor a deadline limits it.",
                    "- retry: {retry_after: {at_most: 60s, beyond: give_up}}",
                    subject.at(i, "retry_after"),
                    index=i,
                )
        sdk = subject.sdk
        if sdk.max_retries and LONGEST_RETRY_AFTER[sdk.major] > HOUR:
            yield Found(
                f"The SDK sleeps through a retry-after of 1h as told, up to {sdk.max_retries} times = "
                f"{sdk.max_retries}h: it has no cap (4,294,967 s), and no deadline ends the call.",
                "- deadline: {total: 85s}  # or - sdk: {max_retries: 0}, and a retry layer with `at_most`",
                subject.at(len(subject.layers) - 1, "max_retries"),
                code="asyncio.wait_for(..., timeout=85), or max_retries=0",
                index=len(subject.layers) - 1,
            )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A 429 that asks for an hour."""
        layer = subject.layers[found.index]
        is_retry = isinstance(layer, Retry) and "rate_limit" not in layer.on
        kind, status = ("overload", 529) if is_retry else ("rate_limit", 429)
        ledger = played(subject, {"kind": kind, "retry_after": "1h"}, seconds=100 * HOUR)
        longest = max((wait.seconds for wait in ledger.waits), default=0.0)
        return Proof(f"A {status} with a retry-after of 1h was slept on for {longest:g} s.", longest >= HOUR)
