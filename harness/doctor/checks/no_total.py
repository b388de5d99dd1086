"""Timeouts that are no total: each is per phase and per attempt, and starts anew with every byte."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.attempt_timeout import AttemptTimeout
from ...policies.layers.deadline import Deadline
from ...policies.layers.first_byte import FirstByte
from ..check import Check, Found, span
from ..figures import silence
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
        is_plain = not subject.may_stream
        ends_attempts = subject.has(AttemptTimeout) or (subject.has(FirstByte) and is_plain)
        total = _total(subject)
        fix = f"- deadline: {{total: {span(total)}}}  # the outermost layer"
        if not ends_attempts and subject.read >= total:
            fix += f"; with timeouts: {{read: {span(total // 2.0)}}}"
        if ends_attempts:
            trickles = "only each attempt has a limit"
        elif subject.has(FirstByte):
            trickles = "a stream that trickles in keeps it longer, as `first_byte` ends with its headers"
        else:
            trickles = "an answer that trickles in keeps it for ever, as the read timeout starts anew with every byte"
        yield Found(
            f"No limit on the whole call: a service that never answers keeps it for {self.sum_of(subject)}; "
            f"{trickles}.",
            fix,
            subject.at_layers(),
            code=f"asyncio.wait_for(..., timeout={total:g}), or brownout.resilient with - deadline: {{total: "
            f"{span(total)}}}",
            severity="warning" if ends_attempts else None,
        )

    def sum_of(self, subject: Subject) -> str:
        """Written out."""
        spent, each = silence(subject.layers, subject.timeouts), _each(subject)
        if not spent.is_whole:
            return f"more than {spent.requests - 1:,} requests x {span(each)}"
        waits = spent.seconds - spent.requests * each
        if waits < -1e-6:  # some of them side by side
            return f"{span(spent.seconds)} and {spent.requests} requests"
        if spent.requests == 1:
            return span(spent.seconds)
        told = f" + {span(waits)} of waits" if waits > 1e-6 else ""
        return f"{spent.requests:,} requests x {span(each)}{told} = {span(spent.seconds)}"

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A service that never answers, and one whose answer trickles in."""
        most, least = silence(subject.layers, subject.timeouts), silence(subject.layers, subject.timeouts, 0.0)
        if not most.is_whole or not 0.01 <= subject.read <= 86_400.0 or most.seconds > 86_400.0 * 7:
            return None
        silent = only_call(played(subject, {"kind": "no_answer"}, seconds=most.seconds + MARGIN))
        took = None if silent.finished is None else silent.finished - silent.started
        seen = f"Of a service that never answered, {ended(silent, most.seconds + MARGIN)}; {requests(silent.attempts)}."
        holds = took is not None and least.seconds - 0.001 <= took <= most.seconds + 0.001
        if subject.has(AttemptTimeout) or subject.has(FirstByte):
            return Proof(seen, holds)
        every = subject.read / 2.0
        long = min(most.seconds + MARGIN, 5000 * every)
        trickle = {"kind": "trickle", "bytes": 1, "every": span(every)}
        slow = only_call(played(subject, trickle, seconds=long, tokens=10_000))
        seen += f" Of an answer that came byte by byte, {ended(slow, long)}: no limit had ended it."
        return Proof(seen, holds and slow.finished is None)


_TOTALS = {"background": 290.0, "realtime": 25.0, "agentic": 175.0}
"""Seconds, as the clients to start from have them."""


def _total(subject: Subject) -> float:
    """A little below what whoever waits waits."""
    waits = [kind.deadline if kind.caller_timeout is None else kind.caller_timeout for kind in subject.kinds()]
    return max(1.0, min(waits) * 0.95 // 1.0) if waits else _TOTALS.get(subject.profile, 85.0)


def _each(subject: Subject) -> float:
    """Seconds that one silent request takes."""
    limits = [subject.read, *(layer.total for _, layer in subject.each(AttemptTimeout))]
    limits += [layer.limit for _, layer in subject.each(FirstByte)]
    return min(limits)
