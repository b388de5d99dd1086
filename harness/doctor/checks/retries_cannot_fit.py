"""A first attempt that may use up all there is: the retries are there, and never run."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.deadline import Deadline
from ..check import Check, Found, span
from ..factors import factors
from ..figures import silence
from ..finding import Proof
from ..proving import ended, only_call, played, requests
from ..subject import Subject


class RetriesCannotFit(Check):
    """The deadline is over before the first attempt's own limit, so that an attempt that hangs is never tried again.
    What hangs is what retries are for: most failures that cost time are silent."""

    id = "retries-cannot-fit"
    severity = "error"
    example = """\
timeouts: {read: 60s}
layers: [{deadline: {total: 45s}}, {retry: {retries: 1}}, {content_gap: {limit: 20s}}, {sdk: {max_retries: 0}}]"""

    def look(self, subject: Subject) -> Iterator[Found]:
        deadline = min((layer.total for _, layer in subject.each(Deadline)), default=None)
        if deadline is None or not factors(subject.layers):
            return
        spent = silence(subject.layers, subject.timeouts)
        if spent.requests > 1 or spent.ends != "deadline":
            return
        share = _share(deadline)
        yield Found(
            f"The first attempt may take {span(subject.read)} of silence, and the deadline is {span(deadline)} "
            f"({span(subject.read)} >= {span(deadline)}): an attempt that hangs is never tried again.",
            f"timeouts: {{read: {span(share)}}}  # or - attempt_timeout: {{total: {span(share)}}}",
            subject.at_timeout("read"),
            code=f"timeout={share:g}",
            on_key=False,
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """A service that never answers."""
        call = only_call(played(subject, {"kind": "no_answer"}, seconds=86_400.0))
        seen = f"Of a service that never answered, {requests(call.attempts)}, and {ended(call, 86_400.0)}."
        return Proof(seen, call.attempts == 1 and call.outcome == "deadline")


def _share(deadline: float) -> float:
    return round(deadline / 3.0, 1) if deadline < 30 else float(deadline // 3)
