"""A cap on `retry-after` that the deadline does not leave room for."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.deadline import Deadline
from ...policies.layers.retry import Retry, RetryAfter
from ..check import Check, Found, span
from ..finding import Proof
from ..proving import ended, only_call, played, requests
from ..subject import Subject


class RetryAfterBeyondDeadline(Check):
    """`at_most` lets a `retry-after` be obeyed that is longer than the `deadline`: the call sleeps until that ends it,
    instead of giving up at once and telling whoever waits."""

    id = "retry-after-beyond-deadline"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 30s}
  - retry: {retries: 2, retry_after: {at_most: 60s}}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 10s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        for i, retry in subject.each(Retry):
            after = retry.retry_after
            deadline = min((layer.total for j, layer in subject.each(Deadline) if j < i), default=None)
            if deadline is None or not isinstance(after, RetryAfter) or after.at_most is None or not retry.retries:
                continue
            if after.at_most >= deadline and (retry.within is None or retry.within > after.at_most):
                half = span(float(deadline // 2) or deadline / 2)
                yield Found(
                    f"A retry-after of up to {span(after.at_most)} is obeyed, and the deadline is {span(deadline)} "
                    f"({span(after.at_most)} >= {span(deadline)}): the call sleeps until it is ended.",
                    f"- retry: {{retry_after: {{at_most: {half}, beyond: give_up}}}}",
                    subject.at(i, "retry_after", "at_most"),
                    on_key=False,
                    index=i,
                )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A 429 that asks for as long as is allowed."""
        retry = subject.layers[found.index]
        assert isinstance(retry, Retry)
        if "rate_limit" not in retry.on or not isinstance(retry.retry_after, RetryAfter):
            return None
        fault = {"kind": "rate_limit", "retry_after": span(retry.retry_after.at_most or 0.0)}
        call = only_call(played(subject, fault, seconds=86_400.0))
        seen = f"A 429 asked for {fault['retry_after']}: {requests(call.attempts)}, and {ended(call, 86_400.0)}."
        return Proof(seen, call.outcome == "deadline")
