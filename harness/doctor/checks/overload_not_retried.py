"""A 529 is the service's word that it has too much to do now, and nothing is wrong with the request."""

from __future__ import annotations

from collections.abc import Iterator

from ..check import Check, Found
from ..finding import Proof
from ..proving import once
from ..subject import Subject
from .rate_limit_not_retried import not_retried


class OverloadNotRetried(Check):
    """A 529 is tried again by nobody: `overloaded` is not among the causes of a `retry` or `fallback`, and the SDK's
    own retries are switched off."""

    id = "overload-not-retried"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 60s}
  - retry: {retries: 2, on: [timeout, connection, rate_limit, stream_before_text]}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 15s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        yield from not_retried(subject, "overloaded", "529")

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """One call that is refused."""
        return once(subject, {"kind": "overload"}, 1, "when every request was answered 529")
