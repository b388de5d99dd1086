"""A 429 passes by itself, mostly within seconds, and says when: not to wait for it is to fail for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.causes import Cause
from ...policies.layers.hedge import Hedge
from ...policies.layers.retry import Retry
from ..asking import is_tried_again
from ..check import Check, Found
from ..finding import Proof
from ..proving import once
from ..subject import Subject


class RateLimitNotRetried(Check):
    """A 429 is tried again by nobody: `rate_limit` is not among the causes of a `retry` or `fallback`, and the SDK's
    own retries are switched off."""

    id = "rate-limit-not-retried"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2, on: [timeout, connection, overloaded, stream_before_text]}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        yield from not_retried(subject, "rate_limit", "429")

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """One call that is refused."""
        return once(subject, {"kind": "rate_limit", "retry_after": "1s"}, 1, "when every request was answered 429")


def not_retried(subject: Subject, cause: Cause, status: str) -> Iterator[Found]:
    """That this status ends a call at once."""
    if subject.sdk.max_retries or is_tried_again(subject, cause) or subject.has(Hedge):
        return  # where a hedged request fails, the next is sent at once
    if subject.code is not None and cause in subject.code.by_hand:
        return
    retry = next(((i, layer) for i, layer in subject.each(Retry) if layer.retries), None)
    if retry is None:
        nobody = "no layer" if subject.code is None else "nothing that is seen here"
        yield Found(
            f"A {status} ends the call at once: 0 retries of the SDK's own, and {nobody} retries.",
            "- retry: {retries: 3, budget: {deposit: 0.2, capacity: 10}}",
            subject.at(len(subject.layers) - 1, "max_retries"),
            code="Anthropic(max_retries=2)",
        )
        return
    on = ", ".join([*retry[1].on, cause])
    yield Found(
        f"A {status} ends the call at once: {retry[1].retries} retries, and `on` does not list {cause}; 0 of the SDK's "
        "own.",
        f"- retry: {{on: [{on}]}}",
        subject.at(retry[0], "on"),
    )
