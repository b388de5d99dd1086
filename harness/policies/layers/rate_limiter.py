"""A client that paces itself, so that it does not have to be told."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from brownout.fakes.units import Duration

from ...files import by_kind
from ..call import Call
from ..effects import Run, Sleep, Steps
from ..layer import Layer, Site
from ..limiters import LIMITERS, Limiter
from ..outcome import Outcome

TOO_MANY = Outcome("rejected", detail="rate")
_THROTTLES = (429, 529)


class RateLimiter(Layer):
    """Lets calls through at the rate of its `by`, and keeps the others waiting in order; who would wait longer than
    `max_wait` is refused. A limiter that adapts is told what the service answers: a 429 or 529 is too much. Inside a
    `retry` it paces attempts."""

    name: ClassVar[str] = "rate_limiter"
    example: ClassVar[dict[str, Any]] = {"by": {"kind": "bucket", "rate": "10/s", "burst": 20}, "max_wait": "30s"}
    by: Annotated[Limiter, by_kind(LIMITERS, "limiter")]
    max_wait: Annotated[Duration | None, Field(gt=0)] = None

    def wrap(self, inner: Run, site: Site) -> Run:
        pace = self.by.open()

        def run(call: Call) -> Steps:
            wait = pace.reserve(site.now(), self.max_wait)
            if wait is None:
                return TOO_MANY
            if wait > 0.0:
                is_sent = False
                try:
                    yield Sleep(wait)
                    is_sent = True
                finally:
                    if not is_sent:
                        pace.give_back()
            outcome: Outcome = yield from inner(call)
            if outcome.kind == "status" and outcome.status in _THROTTLES:
                pace.throttled(site.now())
            elif outcome.is_ok:
                pace.succeeded(site.now())
            return outcome

        return run
