"""Work for nobody: the client goes on after whoever waits has left."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...policies.layers.attempt_timeout import AttemptTimeout
from ...policies.layers.deadline import Deadline
from ..check import Check, Found, span
from ..figures import silence
from ..finding import Proof
from ..proving import ended, only_call, played
from ..subject import Subject

MOST_BYTES = 5000
"""Of an answer that trickles in: enough for any limit."""


class CallerLeavesFirst(Check):
    """A call may take longer than whoever waits for it, or than is left of a chain: the scenario's `caller_timeout`,
    else its `deadline`, is shorter than the client's `deadline`, or than the sum of its tries where it has none. What
    is sent after that is paid for and shown to nobody."""

    id = "caller-leaves-first"
    severity = "warning"
    example = """\
timeouts: {read: 60s}
layers: [{deadline: {total: 300s}}, {content_gap: {limit: 10s}}, {sdk: {max_retries: 2}}]"""
    scenario = "calm"

    def look(self, subject: Subject) -> Iterator[Found]:
        for kind in subject.kinds():
            leaves, who = (
                (kind.deadline, "the answer is of no use after")
                if kind.caller_timeout is None
                else (kind.caller_timeout, "whoever waits leaves after")
            )
            deadlines = [(layer.total, i) for i, layer in subject.each(Deadline)]
            takes, i = min(deadlines, default=(math.inf, -1))
            if i < 0 or subject.has(AttemptTimeout):  # else an answer that trickles in lasts until the deadline
                takes = min(takes, silence(subject.layers, subject.timeouts).seconds)
            if takes <= leaves:
                continue
            told = f"The deadline is {span(takes)}" if i >= 0 else f"A call may take {span(takes)} (no deadline)"
            assert subject.scenario is not None
            yield Found(
                f"{told}, and {who} {span(leaves)} in {subject.scenario.name} ({kind.profile}): "
                f"{span(takes)} - {span(leaves)} = {span(takes - leaves)} of work for nobody."
                if takes < math.inf
                else f"{told}, and {who} {span(leaves)} in {subject.scenario.name} ({kind.profile}).",
                f"- deadline: {{total: {span(math.floor(leaves * 0.95) or leaves * 0.95)}}}",
                subject.at(i, "total") if i >= 0 else subject.at_layers(),
                code=f"asyncio.wait_for(..., timeout={leaves * 0.95:g})",
                on_key=i < 0,
            )
            return

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A service that never answers, or whose answer trickles in."""
        leaves = max(kind.deadline if kind.caller_timeout is None else kind.caller_timeout for kind in subject.kinds())
        every = max(0.001, subject.read / 2.0)
        is_silent = subject.has(AttemptTimeout) or not subject.has(Deadline) or leaves / every > MOST_BYTES
        fault = {"kind": "no_answer"} if is_silent else {"kind": "trickle", "bytes": 1, "every": span(every)}
        call = only_call(played(subject, fault, seconds=leaves + 1.0, tokens=MOST_BYTES))
        took = None if call.finished is None else call.finished - call.started
        what = "a service that never answered" if is_silent else "an answer that came byte by byte"
        seen = f"Of {what}, {ended(call, leaves + 1.0)}."
        least = min(kind.deadline if kind.caller_timeout is None else kind.caller_timeout for kind in subject.kinds())
        return Proof(seen, took is None or took > least)
