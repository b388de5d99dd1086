"""Timeouts that are no total: each is per phase and per attempt, and starts anew with every byte."""

from __future__ import annotations

from collections.abc import Iterator

from brownout.harness.policies.layers.attempt_timeout import AttemptTimeout
from brownout.harness.policies.layers.deadline import Deadline

from ..check import Check, Found, span
from ..figures import Spent, silence
from ..finding import Proof
from ..proving import ended, only_call, played, requests
from ..subject import Subject

MARGIN = 60.0
"""Seconds beyond the sum after which a call that goes on is taken to have no end."""


class NoTotal(Check):
    """Nothing limits the whole of a call. A read timeout limits silence: it starts anew with every byte and with every
    try, so that its sum over all tries is what a dead service costs, and an answer that trickles in costs any time. A
    warning where an `attempt_timeout` at least ends each attempt."""

    id = "no-total"
    severity = "error"
    example = "layers: [{content_gap: {limit: 20s}}, {sdk: {max_retries: 0}}]"

    def look(self, subject: Subject) -> Iterator[Found]:
        if subject.has(Deadline):
            return
        ends_attempts = subject.has(AttemptTimeout)
        total = (
            85.0
            if subject.profile in ("", "chat")
            else {"background": 290.0, "realtime": 25.0}.get(subject.profile, 175.0)
        )
        trickles = (
            "only each attempt has a limit"
            if ends_attempts
            else "an answer that trickles in keeps it for ever, as the read timeout starts anew with every byte"
        )
        yield Found(
            f"No limit on the whole call: a service that never answers keeps it for {self.sum_of(subject)}; "
            f"{trickles}.",
            f"- deadline: {{total: {span(total)}}}  # the outermost layer",
            subject.at_layers(),
            code=f"asyncio.wait_for(..., timeout={total:g}), or brownout.resilient with - deadline: {{total: "
            f"{span(total)}}}",
            severity="warning" if ends_attempts else None,
        )

    def sum_of(self, subject: Subject) -> str:
        """Written out."""
        spent = silence(subject.layers, subject.timeouts)
        if not spent.is_whole:
            return f"more than {spent.requests - 1:,} requests x {span(subject.read)} each"
        waits = spent.seconds - spent.requests * subject.read
        if waits < -1e-6:
            return f"{_times(spent, subject)}, {span(spent.seconds)} in all"
        told = f" + {span(waits)} of waits" if waits > 1e-6 else ""
        is_sum = spent.requests > 1 or told
        return f"{_times(spent, subject)}{told} = {span(spent.seconds)}" if is_sum else span(spent.seconds)

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A service that never answers, and one whose answer trickles in."""
        most, least = silence(subject.layers, subject.timeouts), silence(subject.layers, subject.timeouts, 0.0)
        if not most.is_whole or not 0.01 <= subject.read <= 86_400.0 or most.seconds > 86_400.0 * 7:
            return None
        silent = only_call(played(subject, {"kind": "no_answer"}, seconds=most.seconds + MARGIN))
        took = None if silent.finished is None else silent.finished - silent.started
        seen = f"Of a service that never answered, {ended(silent, most.seconds + MARGIN)}; {requests(silent.attempts)}."
        holds = took is not None and least.seconds - 0.001 <= took <= most.seconds + 0.001
        if subject.has(AttemptTimeout):
            return Proof(seen, holds)
        every = subject.read / 2.0
        long = min(most.seconds + MARGIN, 5000 * every)
        trickle = {"kind": "trickle", "bytes": 1, "every": span(every)}
        slow = only_call(played(subject, trickle, seconds=long, tokens=10_000))
        seen += f" Of an answer that came byte by byte, {ended(slow, long)}: no limit had ended it."
        return Proof(seen, holds and slow.finished is None)


def _times(spent: Spent, subject: Subject) -> str:
    return f"{spent.requests:,} request{'s' if spent.requests > 1 else ''} x {span(subject.read)}"
