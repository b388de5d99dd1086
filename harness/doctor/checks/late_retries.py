"""Retries for which there is no time: the back-offs before them are longer than the call."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies.layers.retry import Retry
from ..asking import without_limits
from ..check import Check, Found, plural, span
from ..figures import spent
from ..finding import Proof
from ..proving import Failure, played, quick_failure
from ..subject import Subject

CALLS = 40


class LateRetries(Check):
    """The waits before the last tries add up to more than the `deadline`, or `within`, leaves, even when every request
    is refused at once and jitter is in the middle: these tries are in the file only, and a call sleeps until its limit
    ends it."""

    id = "late-retries"
    severity = "warning"
    example = """\
layers:
  - deadline: {total: 30s}
  - retry: {retries: 8, backoff: {base: 2s, jitter: equal}, budget: {capacity: 10}}
  - content_gap: {limit: 10s}
  - sdk: {max_retries: 0}
timeouts: {read: 10s}"""

    def look(self, subject: Subject) -> Iterator[Found]:
        retries = [(i, layer) for i, layer in subject.each(Retry) if layer.retries]
        if len(retries) != 1:
            return
        [(i, retry)] = retries
        failure = _failure(subject, retry)
        if failure is None:
            return
        outcome = failure.outcome
        fit = spent(subject.layers, outcome, 0.0, 0.5)
        all_of_them = spent(without_limits(subject.layers), outcome, 0.0, 0.5)
        if not (fit.is_whole and all_of_them.is_whole) or fit.requests >= all_of_them.requests:
            return
        yield Found(
            f"{plural(retry.retries + 1, 'try', 'tries')} and their waits take {span(all_of_them.seconds)} on average, "
            f"and the call ends after {span(fit.seconds)}: {all_of_them.requests - fit.requests} of "
            f"{plural(all_of_them.requests, 'request')} come too late, even if each is refused at once.",
            f"- retry: {{retries: {max(1, fit.requests - 1)}}}  # or a shorter `max` of the back-off",
            subject.at(i, "retries"),
            on_key=False,
            index=i,
        )

    def prove(self, subject: Subject, found: Found) -> Proof | None:
        """Some calls whose requests are refused at once: how many get to the last try."""
        retry = subject.layers[found.index]
        assert isinstance(retry, Retry)
        failure = _failure(subject, retry)
        if failure is None:
            return None
        most = spent(without_limits(subject.layers), failure.outcome, 0.0, 0.5).requests
        # Each of them is a client of its own, so that nobody's breaker or budget is in another's way.
        ledger = played(subject, failure.fault, seconds=7 * 86_400.0, clients=CALLS)
        last = sum(call.attempts >= most for call in ledger.calls)
        seen = f"When every request was {failure.words}, {last} of {CALLS} calls got to request {most}."
        return Proof(seen, last * 2 < CALLS)


def _failure(subject: Subject, retry: Retry) -> Failure | None:
    """One that comes at once."""
    return quick_failure(subject, [cause for cause in retry.on if "timeout" not in cause])
