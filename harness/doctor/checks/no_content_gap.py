"""A stream may fall silent behind pings, and then nothing of the HTTP library's notices."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.content_gap import ContentGap
from ..check import Check, Found, span
from ..finding import Proof
from ..proving import ended, only_call, played
from ..subject import Subject

PATIENCE = 3.0
"""Read timeouts that a stalled stream is given to be noticed."""


class NoContentGap(Check):
    """No `content_gap`: pings and trickles are bytes, so that the read timeout of a stream that has stalled never
    fires. What ends it is the deadline, where there is one."""

    id = "no-content-gap"
    severity = "warning"
    example = "layers: [{deadline: {total: 60s}}, {sdk: {max_retries: 0}}]\ntimeouts: {read: 20s}"

    def look(self, subject: Subject) -> Iterator[Found]:
        if subject.has(ContentGap) or not subject.may_stream:
            return
        yield Found(
            f"No limit on the gap between content: a stream that stalls behind pings, one each 10s < "
            f"{span(subject.read)} of read timeout, is never ended by it."
            if subject.read > 10.0
            else "No limit on the gap between content: bytes that say nothing keep the read timeout of "
            f"{span(subject.read)} from firing.",
            "- content_gap: {limit: 20s}",
            subject.at_layers(),
            code="brownout.resilient with - content_gap: {limit: 20s}",
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A stream that stalls for ever, behind pings."""
        if not 0.01 <= subject.read <= 86_400.0:
            return None
        long, pings = PATIENCE * subject.read, min(subject.read / 2.0, 10.0)
        fault = {"kind": "stall", "at": {"tokens": 5}, "pings": span(pings)}
        call = only_call(played(subject, fault, seconds=long, stream=True))
        seen = f"Of a stream that stalled behind pings, {ended(call, long)}; the read timeout is {span(subject.read)}."
        return Proof(seen, call.outcome in ("censored", "deadline", "timeout"))
