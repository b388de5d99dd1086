"""A stream that breaks off, or ends without its end, and nobody asks again."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.hedge import Hedge
from ...policies.layers.resume import Resume
from ...policies.layers.retry import Retry
from ..asking import is_tried_again
from ..check import Check, Found
from ..finding import Proof
from ..proving import once
from ..subject import Subject


class StreamBreaksNotRetried(Check):
    """Something retries, and a stream that breaks off is not among its causes. The SDK never retries once the headers
    of a stream have come, and takes one that ends without `message_stop` for whole: only a `retry`, `fallback` or
    `resume` that names `stream_before_text` or `stream_after_text` checks that a stream is complete."""

    id = "stream-breaks-not-retried"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2, on: [timeout, connection, rate_limit, overloaded]}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        retries = [(i, layer) for i, layer in subject.each(Retry) if layer.retries]
        if (
            not subject.may_stream
            or not (retries or subject.sdk.max_retries)
            or subject.has(Resume)
            or subject.has(Hedge)
        ):
            return
        if is_tried_again(subject, "stream_before_text", "stream_after_text"):
            return
        tried = f"{retries[0][1].retries} retries" if retries else f"{subject.sdk.max_retries} retries of the SDK's own"
        yield Found(
            f"{tried}, and 0 for a stream that breaks off: nothing after its headers is tried again, and one that ends "
            "without message_stop counts as whole.",
            "- retry: {on: [timeout, connection, rate_limit, overloaded, server_error, stream_before_text]}",
            subject.at(retries[0][0], "on") if retries else subject.at(len(subject.layers) - 1),
            code="check that stop_reason is not None; brownout.resilient retries what breaks off",
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A stream that ends after five tokens."""
        return once(subject, {"kind": "truncate", "at": {"tokens": 5}}, 1, "of a stream that ended after 5 tokens")
