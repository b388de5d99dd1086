"""Try again, after a while, for the causes one has named."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from brownout.fakes.units import Duration, Share

from ...files import by_kind
from ..backoff import Backoff
from ..budgets import BUDGETS, Budget
from ..call import Call
from ..causes import Cause, is_any_of, is_futile
from ..effects import Run, Sleep, Steps
from ..layer import Layer, Site
from ..outcome import Outcome


class RetryAfter(BaseModel):
    """How a `retry-after` is obeyed: up to `at_most`; one that is longer is a reason to `give_up`, to `wait` only that
    long, or to fall back to the `backoff`. With `jitter`, up to that share of it is added: all who were sent away
    together would come back together."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    at_most: Annotated[Duration | None, Field(gt=0)] = None
    beyond: Literal["give_up", "wait", "backoff"] = "give_up"
    jitter: Annotated[Share, Field(ge=0, le=1)] = 0.0

    def wait(self, asked: float, u: float) -> float | None:
        """Seconds to wait at least, 0 for no more than the back-off; None to give up. `u` is a draw from (0, 1)."""
        if self.at_most is not None and asked > self.at_most:
            if self.beyond == "give_up":
                return None
            asked = self.at_most if self.beyond == "wait" else 0.0
        return asked * (1.0 + self.jitter * u)


_OBEY = RetryAfter()


class Retry(Layer):
    """Up to `retries` more tries for the causes in `on`, with `backoff` between them; none begins later than `within`
    after the call did. A `retry-after` that the service sent is obeyed: the wait is never shorter. What cannot help is
    never tried again: an error that the service calls final (`x-should-retry: false`), a spend cap that is reached. Nor
    is, in production, what the application has been given a part of.
    With a `budget`, retries stop when it is spent."""

    name: ClassVar[str] = "retry"
    example: ClassVar[dict[str, Any]] = {"retries": 3, "backoff": {"base": "2s", "jitter": {"additive": "1s"}}}
    retries: Annotated[int, Field(ge=0, le=1000)] = 3
    within: Annotated[Duration | None, Field(gt=0)] = None
    backoff: Backoff = Backoff()
    on: tuple[Cause, ...] = ("timeout", "connection", "rate_limit", "overloaded", "server_error")
    retry_after: Literal["obey", "ignore"] | RetryAfter = "obey"
    budget: Annotated[Budget, by_kind(BUDGETS, "budget", "bucket")] | None = None

    def wrap(self, inner: Run, site: Site) -> Run:
        purse = self.budget.open() if self.budget else None
        is_cause, retries, now = is_any_of(self.on), self.retries, site.now
        is_timed = purse is not None or self.within is not None

        def run(call: Call) -> Steps:
            began = now() if is_timed else 0.0
            if purse is not None:
                purse.begins(began)
            tried, paid, seconds = 0, None, None
            while True:
                outcome: Outcome = yield from inner(call)
                if outcome.kind == "ok":
                    if purse is not None:
                        purse.succeeds(paid, now())
                    return outcome
                if call.is_shown or not is_cause(outcome) or is_futile(outcome):
                    return outcome
                if purse is not None:
                    purse.fails(outcome, now())
                if tried >= retries:
                    return outcome
                pause = self.pause(outcome, tried, call.jitter(), seconds)
                if pause is None or (self.within is not None and now() + pause[0] - began > self.within):
                    return outcome
                if purse is not None and (paid := purse.take(outcome, now())) is None:
                    return outcome
                seconds, why = pause
                site.waited(call, seconds, why)
                yield Sleep(seconds)
                tried += 1

        return run

    def pause(self, outcome: Outcome, tried: int, u: float, before: float | None) -> tuple[float, str] | None:
        """Seconds before the next try and who asked for them; None for no next try."""
        seconds = self.backoff.delay(tried, u, before)
        if outcome.retry_after is None or self.retry_after == "ignore":
            return seconds, "backoff"
        asked = (_OBEY if self.retry_after == "obey" else self.retry_after).wait(outcome.retry_after, u)
        if asked is None:
            return None
        return (asked, "retry-after") if asked > seconds else (seconds, "backoff")
