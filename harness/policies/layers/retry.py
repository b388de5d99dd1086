"""Try again, after a while, for the causes one has named."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..call import Call
from ..effects import Run, Sleep, Steps
from ..layer import Layer, Site
from ..outcome import Outcome
from ..retry import CAUSES, Backoff, Budget, Cause, Purse


class Retry(Layer):
    """Up to `retries` more tries for the causes in `on`, with `backoff` between them. A `retry-after` that the service
    sent is obeyed: the wait is never shorter. With a `budget`, retries stop when it is spent."""

    name: ClassVar[str] = "retry"
    example: ClassVar[dict[str, Any]] = {"retries": 3, "backoff": {"base": "2s", "jitter": {"additive": "1s"}}}
    retries: Annotated[int, Field(ge=0, le=1000)] = 3
    backoff: Backoff = Backoff()
    on: tuple[Cause, ...] = ("timeout", "connection", "rate_limit", "overloaded", "server_error")
    retry_after: Literal["obey", "ignore"] = "obey"
    budget: Budget | None = None

    def wrap(self, inner: Run, site: Site) -> Run:
        purse = Purse(self.budget) if self.budget else None
        causes = tuple(CAUSES[cause] for cause in self.on)
        retries, delay, obeys = self.retries, self.backoff.delay, self.retry_after == "obey"

        def again(outcome: Outcome) -> bool:
            return any(cause(outcome) for cause in causes) and (purse is None or purse.take())

        def run(call: Call) -> Steps:
            if purse is not None:
                purse.deposit()
            tried = 0
            while True:
                outcome: Outcome = yield from inner(call)
                if outcome.is_ok or tried >= retries or not again(outcome):
                    return outcome
                seconds, why = delay(tried, call.jitter()), "backoff"
                if obeys and outcome.retry_after is not None and outcome.retry_after > seconds:
                    seconds, why = outcome.retry_after, "retry-after"
                site.waited(call, seconds, why)
                yield Sleep(seconds)
                tried += 1

        return run
